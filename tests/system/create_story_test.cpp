#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/copy_story.hpp"

// Targets that do not exist yet, and the branch that they show first.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace create_story_test {

constexpr std::string_view fresh = "acme/fresh";

story_setup with_api(std::string_view api, bool public_source = false) {
  story_setup setup;
  setup.source.anonymous_read = public_source;
  setup.source.flags = {"--api", "huggingface"};
  setup.target.flags = {"--api", std::string(api)};
  return setup;
}

/// To a repository that the target does not have.
copy_run run_to_fresh(const copy_story& story, std::vector<std::string> flags) {
  child_command command =
      story.command(story.source().url_of(story.name), story.target().url_of(fresh), std::move(flags));
  command.environment["HF_ENDPOINT"] = story.source().url();
  return story.run(std::move(command));
}

std::string in_repository(const copy_run& run, std::string_view member) {
  const json::value* const found = run.document.if_contains("repository");
  if (!found) return "no member";
  const json::value& value = found->as_object().at(member);
  return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

/// How many calls of the API would change something.
std::size_t changes(const log_lines& log) {
  const log_lines calls = events_of(log, "api");
  return static_cast<std::size_t>(
      std::ranges::count_if(calls, [](const json::object& line) { return text_in(line, "method") != "GET"; }));
}

}  // namespace create_story_test

BOOST_AUTO_TEST_SUITE(create_story_test)

BOOST_AUTO_TEST_CASE(each_platform_creates_what_is_copied_then) {
  for (const std::string platform : {"gitlab", "gitea", "huggingface", "modelscope"}) {
    BOOST_TEST_CONTEXT(platform) {
      copy_story story(with_api(platform));
      story.commit_objects("main", "weights", 2, 10'000);

      const copy_run run = run_to_fresh(story, {"--create", "--visibility", "private", "--platform", platform});

      BOOST_TEST(run.exit_code() == 0, run.said());
      BOOST_TEST(in_repository(run, "created") == "true");
      BOOST_TEST(in_repository(run, "visibility") == "private");
      BOOST_TEST((story.target().repository(fresh).refs() == story.original().refs()));
      BOOST_TEST(changes(run.target_log) == 1u);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_there_is_no_error_and_not_created_again) {
  copy_story story(with_api("gitlab"));
  story.original().commit("main", {{"README.md", "one\n"}});

  const copy_run run = story.run({"--create"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(in_repository(run, "created") == "false");
  BOOST_TEST(changes(run.target_log) == 0u);
}

BOOST_AUTO_TEST_CASE(only_a_source_that_is_public_makes_a_public_target) {
  for (const bool is_public : {true, false}) {
    copy_story story(with_api("gitea", is_public));
    story.original().commit("main", {{"README.md", "one\n"}});

    const copy_run run = run_to_fresh(story, {"--create"});

    BOOST_TEST(run.exit_code() == 0, run.said());
    BOOST_TEST(in_repository(run, "visibility") == (is_public ? "public" : "private"));
  }
}

BOOST_AUTO_TEST_CASE(a_host_is_asked_what_it_is_before_it_sees_the_token) {
  copy_story story(with_api("gitea"));
  story.original().commit("main", {{"README.md", "one\n"}});

  const copy_run run = run_to_fresh(story, {"--create"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  for (const json::object& call : events_of(run.target_log, "api")) {
    const bool asks_for_the_kind = text_in(call, "path").ends_with("/version");
    BOOST_TEST(call.at("token").as_bool() == !asks_for_the_kind);
    if (asks_for_the_kind) BOOST_TEST(!call.at("authorization").as_bool());
  }
}

BOOST_AUTO_TEST_CASE(a_host_of_no_known_kind_is_given_no_token) {
  story_setup setup;
  copy_story story(setup);
  story.original().commit("main", {{"README.md", "one\n"}});

  const copy_run run = run_to_fresh(story, {"--create"});

  BOOST_TEST(run.exit_code() == 2, run.said());
  BOOST_TEST(run.error("hint").find("--platform") != std::string::npos);
  for (const json::object& call : events_of(run.target_log, "api")) BOOST_TEST(!call.at("authorization").as_bool());
  BOOST_TEST(ref_pushes(run.target_log) == 0u);
}

BOOST_AUTO_TEST_CASE(a_group_that_is_not_there_is_named) {
  copy_story story(with_api("gitlab"));
  story.original().commit("main", {{"README.md", "one\n"}});

  const copy_run run =
      story.run(story.command(story.source().url_of(story.name), story.target().url_of("nobody/model"), {"--create"}));

  BOOST_TEST(run.exit_code() == 4, run.said());
  BOOST_TEST(run.error("hint").find("group") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_dry_run_plans_for_a_target_that_is_not_there_and_creates_nothing) {
  copy_story story(with_api("gitlab"));
  story.commit_objects("main", "weights", 2, 10'000);

  const copy_run run = run_to_fresh(story, {"--create", "--visibility", "public", "--dry-run"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(in_repository(run, "created") == "null");
  BOOST_TEST(in_repository(run, "would_create") == "true");
  BOOST_TEST(in_repository(run, "visibility") == "public");
  const json::object& row = run.document.at("refs").as_array().at(0).as_object();
  BOOST_TEST(text_in(row, "action") == "create");
  BOOST_TEST(text_in(row, "status") == "planned");
  const json::object& lfs = run.document.at("lfs").as_object();
  BOOST_TEST(lfs.at("objects").to_number<int>() == 2);
  BOOST_TEST(lfs.at("present").to_number<int>() == 0);
  BOOST_TEST(changes(run.target_log) == 0u);
}

BOOST_AUTO_TEST_CASE(a_dry_run_that_mirrors_plans_for_a_target_that_is_not_there) {
  copy_story story(with_api("gitea"));
  story.original().commit("main", {{"README.md", "one\n"}});

  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--mirror"}, {"--atomic"}, {"--no-force"}, {"--lfs", "all"}}) {
    std::vector<std::string> all{"--create", "--dry-run"};
    all.insert(all.end(), flags.begin(), flags.end());
    const copy_run run = run_to_fresh(story, all);
    BOOST_TEST(run.exit_code() == 0, run.said());
    BOOST_TEST(in_repository(run, "would_create") == "true");
  }
}

BOOST_AUTO_TEST_CASE(the_default_branch_follows_the_source_s_by_its_name_on_the_target) {
  for (const std::string platform : {"gitlab", "gitea"}) {
    BOOST_TEST_CONTEXT(platform) {
      copy_story story(with_api(platform));
      story.original().commit("main", {{"README.md", "one\n"}});

      const std::vector<std::string> flags{"--refs", "+refs/heads/main:refs/heads/stable", "--set-default-branch"};
      const copy_run first = story.run(flags);
      BOOST_TEST(first.exit_code() == 0, first.said());
      BOOST_TEST(in_repository(first, "default_branch") == "stable");
      BOOST_TEST(in_repository(first, "default_branch_before") == "main");
      BOOST_TEST(changes(first.target_log) == 1u);

      const copy_run again = story.run(flags);
      BOOST_TEST(again.exit_code() == 0, again.said());
      BOOST_TEST(changes(again.target_log) == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(case_44_the_old_default_branch_goes_once_another_has_its_place) {
  for (const std::string platform : {"gitlab", "gitea"}) {
    BOOST_TEST_CONTEXT(platform) {
      copy_story story(with_api(platform));
      story.original().commit("main", {{"README.md", "one\n"}});
      BOOST_TEST_REQUIRE(story.run({"--mirror"}).exit_code() == 0);
      story.original().commit("trunk", {{"README.md", "two\n"}});
      story.original().git({"symbolic-ref", "HEAD", "refs/heads/trunk"});
      story.original().delete_ref("refs/heads/main");

      const copy_run named = story.run({"--mirror", "--set-default-branch"});
      BOOST_TEST(named.exit_code() == 0, named.said());
      BOOST_TEST(in_repository(named, "default_branch") == "trunk");
      BOOST_TEST(named.refs("status").at("refs/heads/main") == "skipped");

      const copy_run pruned = story.run({"--mirror", "--set-default-branch"});
      BOOST_TEST(pruned.exit_code() == 0, pruned.said());
      BOOST_TEST(story.difference() == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(an_api_that_fails_for_now_is_asked_again) {
  std::vector<std::string> flags{"--create", "--visibility", "private", "--set-default-branch"};
  flags.insert(flags.end(), {"--refs", "+refs/heads/main:refs/heads/stable", "--retries", "1"});
  flags.insert(flags.end(), {"--retry-delay", "10ms"});
  // Whose API it is, whether the repository is there (twice), whose token it is, the creation; and after the copy whose
  // API it is, which branch is shown, the change.
  constexpr unsigned questions = 8;
  for (unsigned before = 0; before <= questions; ++before) {
    const bool meets_fault = before < questions;
    BOOST_TEST_CONTEXT("after " << before << " good answers") {
      copy_story story(with_api("gitea"));
      story.original().commit("main", {{"README.md", "one\n"}});
      story.target().fault(
          {{"fault", "any_status"}, {"status", 502}, {"skip", before}, {"match", json::object{{"path", "/api/v1/"}}}});

      const copy_run run = run_to_fresh(story, flags);

      BOOST_TEST(run.exit_code() == 0, run.said());
      BOOST_TEST(story.target().hits("any_status") == (meets_fault ? 1u : 0u));
      BOOST_TEST(in_repository(run, "created") == "true");
      BOOST_TEST(in_repository(run, "visibility") == "private");
      BOOST_TEST(in_repository(run, "default_branch") == "stable");
      BOOST_TEST(run.document.at("retries").to_number<unsigned>() == (meets_fault ? 1u : 0u));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_api_that_fails_for_ever_is_given_up_and_its_retries_are_counted) {
  copy_story story(with_api("gitlab"));
  story.original().commit("main", {{"README.md", "one\n"}});
  story.target().fault(
      {{"fault", "any_status"}, {"status", 502}, {"times", -1}, {"match", json::object{{"path", "/api/v"}}}});

  const copy_run run = run_to_fresh(story, {"--create", "--retries", "2", "--retry-delay", "10ms"});

  BOOST_TEST(run.exit_code() == 5, run.said());
  BOOST_TEST(run.error("side") == "target");
  BOOST_TEST(run.document.at("retries").to_number<unsigned>() == 2u);
}

BOOST_AUTO_TEST_CASE(a_source_that_fails_for_now_after_the_copy_is_asked_again_for_its_default_branch) {
  copy_story story(with_api("gitea"));
  story.original().commit("main", {{"README.md", "one\n"}});
  const json::object listing{{"path", "/info/refs"}};
  story.source().fault({{"fault", "git_status"}, {"status", 503}, {"skip", 1}, {"match", listing}});

  const copy_run run = story.run({"--refs", "+refs/heads/main:refs/heads/stable", "--set-default-branch", "--retries",
                                  "1", "--retry-delay", "10ms"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.source().hits("git_status") == 1u);
  BOOST_TEST(in_repository(run, "default_branch") == "stable");
  BOOST_TEST(run.document.at("retries").to_number<unsigned>() == 1u);
}

BOOST_AUTO_TEST_CASE(a_change_whose_answer_is_lost_is_not_made_twice) {
  for (const std::string platform : {"gitlab", "gitea"}) {
    BOOST_TEST_CONTEXT(platform) {
      copy_story story(with_api(platform));
      story.original().commit("main", {{"README.md", "one\n"}});
      for (const std::string method : {"POST", platform == "gitlab" ? "PUT" : "PATCH"}) {
        story.target().fault(
            {{"fault", "reply_cut"}, {"at", 20}, {"match", json::object{{"path", "/api/v"}, {"method", method}}}});
      }

      const copy_run run =
          run_to_fresh(story, {"--create", "--visibility", "private", "--refs", "+refs/heads/main:refs/heads/stable",
                               "--set-default-branch", "--retry-delay", "10ms"});

      BOOST_TEST(run.exit_code() == 0, run.said());
      BOOST_TEST(story.target().hits("reply_cut") == 2u);
      BOOST_TEST(in_repository(run, "created") == "true");
      BOOST_TEST(in_repository(run, "visibility") == "private");
      BOOST_TEST(in_repository(run, "default_branch") == "stable");
      BOOST_TEST(in_repository(run, "default_branch_before") == "main");
      BOOST_TEST(changes(run.target_log) == 2u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_platform_with_one_default_branch_says_how_to_map_it) {
  copy_story story(with_api("modelscope"));
  story.original().commit("main", {{"README.md", "one\n"}});

  const copy_run run = story.run({"--set-default-branch", "--platform", "modelscope"});

  BOOST_TEST(run.exit_code() == 7, run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "ok");
  BOOST_TEST(run.error("hint").find("+refs/heads/main:refs/heads/master") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

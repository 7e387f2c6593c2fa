#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/copy_story.hpp"

// Targets that pull by themselves: set up, asked for an update, followed to its end, compared.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace mirror_api_story_test {

constexpr std::string_view fresh = "acme/fresh";

story_setup with_api(std::string_view api, std::string_view mirrors = "new") {
  story_setup setup;
  setup.target.flags = {"--api", std::string(api), "--mirror-api", std::string(mirrors)};
  return setup;
}

copy_run run_as(const std::string& verb, const copy_story& story, std::string_view target,
                const std::string& source_token) {
  child_command command = story.command(story.source().url_of(story.name), story.target().url_of(target));
  for (std::string& word : command.arguments) {
    if (word == "copy") word = verb;
  }
  command.environment["HF_TOKEN"] = source_token;
  return story.run(std::move(command));
}

copy_run mirror(const copy_story& story, std::string_view target = copy_story::name) {
  return run_as("mirror", story, target, story.source().token());
}

std::string mirror_status(const copy_run& run) {
  const json::value* const found = run.document.if_contains("mirror");
  return found ? text_in(found->as_object(), "status") : "no member";
}

}  // namespace mirror_api_story_test

BOOST_AUTO_TEST_SUITE(mirror_api_story_test)

BOOST_AUTO_TEST_CASE(gitlab_pulls_what_the_source_has_by_the_new_call_and_by_the_old) {
  for (const std::string mirrors : {"new", "old"}) {
    BOOST_TEST_CONTEXT(mirrors) {
      copy_story story(with_api("gitlab", mirrors));
      story.commit_objects("main", "weights", 2, 10'000);

      const copy_run run = mirror(story);

      BOOST_TEST(run.exit_code() == 0, run.said());
      BOOST_TEST(mirror_status(run) == "updated");
      BOOST_TEST(story.difference() == "");
      BOOST_TEST(run_as("verify", story, story.name, story.source().token()).exit_code() == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_update_that_ended_before_is_not_taken_for_the_one_asked_for) {
  copy_story story(with_api("gitlab"));
  story.original().commit("main", {{"README.md", "one\n"}});
  BOOST_TEST_REQUIRE(mirror(story).exit_code() == 0);
  story.original().commit("main", {{"README.md", "two\n"}});

  const copy_run again = mirror(story);

  BOOST_TEST(again.exit_code() == 0, again.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(an_edition_without_pull_mirroring_is_said_to_have_none) {
  copy_story story(with_api("gitlab", "none"));
  story.original().commit("main", {{"README.md", "one\n"}});

  const copy_run run = mirror(story);

  BOOST_TEST(run.exit_code() == 7, run.said());
  BOOST_TEST(mirror_status(run) == "not-set-up");
  BOOST_TEST(run.error("hint").find("Premium") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_target_could_not_pull_is_told_in_its_words) {
  copy_story story(with_api("gitlab"));
  story.original().commit("main", {{"README.md", "one\n"}});

  const copy_run run = run_as("mirror", story, story.name, "a-wrong-token");

  BOOST_TEST(run.exit_code() == 1, run.said());
  BOOST_TEST(mirror_status(run) == "updating");
  BOOST_TEST(run.error().find("the server reported an error") != std::string::npos);
  BOOST_TEST(run.error("side") == "target");
}

BOOST_AUTO_TEST_CASE(a_project_that_is_not_there_must_be_created_first) {
  copy_story story(with_api("gitlab"));
  story.original().commit("main", {{"README.md", "one\n"}});

  const copy_run run = mirror(story, fresh);

  BOOST_TEST(run.exit_code() == 4, run.said());
  BOOST_TEST(run.error("hint").find("create") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(gitea_creates_its_mirror_once_and_then_synchronises_it) {
  copy_story story(with_api("gitea"));
  story.commit_objects("main", "weights", 2, 10'000);

  const copy_run first = mirror(story, fresh);
  BOOST_TEST(first.exit_code() == 0, first.said());
  BOOST_TEST(first.document.at("mirror").as_object().at("created").as_bool());
  BOOST_TEST((story.target().repository(fresh).refs() == story.original().refs()));

  story.original().commit("main", {{"README.md", "more\n"}});
  const copy_run second = mirror(story, fresh);
  BOOST_TEST(second.exit_code() == 0, second.said());
  BOOST_TEST(!second.document.at("mirror").as_object().at("created").as_bool());
  BOOST_TEST((story.target().repository(fresh).refs() == story.original().refs()));
  BOOST_TEST(run_as("verify", story, fresh, story.source().token()).exit_code() == 0);
}

BOOST_AUTO_TEST_CASE(gitea_makes_no_mirror_of_what_is_there) {
  copy_story story(with_api("gitea"));
  story.original().commit("main", {{"README.md", "one\n"}});

  const copy_run run = mirror(story);

  BOOST_TEST(run.exit_code() == 7, run.said());
  BOOST_TEST(run.error().find("is no mirror") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_update_of_gitea_s_that_failed_is_not_taken_for_one) {
  copy_story story(with_api("gitea"));
  story.original().commit("main", {{"README.md", "one\n"}});
  BOOST_TEST_REQUIRE(mirror(story, fresh).exit_code() == 0);
  story.original().commit("main", {{"README.md", "two\n"}});
  story.source().fault({{"fault", "git_status"}});

  const copy_run run = mirror(story, fresh);

  BOOST_TEST(run.exit_code() == 5, run.said());
  BOOST_TEST(mirror_status(run) == "updating");
  BOOST_TEST(run.error().find("1 of 1 branches and tags") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(what_gitea_leaves_of_a_first_pull_that_failed_must_be_deleted) {
  copy_story story(with_api("gitea"));
  story.original().commit("main", {{"README.md", "one\n"}});
  BOOST_TEST_REQUIRE(run_as("mirror", story, fresh, "a-wrong-token").exit_code() == 1);

  const copy_run run = mirror(story, fresh);

  BOOST_TEST(run.exit_code() == 7, run.said());
  BOOST_TEST(run.error("hint").find("delete it") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_SUITE_END()

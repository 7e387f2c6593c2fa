#include <boost/test/unit_test.hpp>

#include "tests/support/copy_story.hpp"
#include "tests/support/nginx_process.hpp"

// The kinds of hosts at either end.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace ends_story_test {

// Two commits on two branches, a tag and two LFS objects.
void publish_small(copy_story& story) {
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_objects("main", "weights", 2, 200'000);
  story.original().annotated_tag("v1", git_oid::from_hex(story.original().git({"rev-parse", "main"})).value());
  story.original().commit("other", {{"notes.txt", "nothing yet\n"}});
}

void check_copied(const copy_story& story, const copy_run& run) {
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(stored_uploads(run.target_log) == 2u);
  BOOST_TEST(blobs_came_first(run.target_log));
}

story_setup setup_of(forge_setup source) {
  story_setup setup;
  setup.source = std::move(source);
  return setup;
}

}  // namespace ends_story_test

BOOST_AUTO_TEST_SUITE(ends_story_test)

BOOST_AUTO_TEST_CASE(a_source_that_speaks_only_protocol_0) {
  copy_story story(setup_of({.token = "canary-of-the-source", .flags = {"--git-protocol", "0"}}));
  publish_small(story);

  const copy_run run = story.run();

  check_copied(story, run);
  for (const json::object& line : events_of(run.source_log, "git")) BOOST_TEST(!line.contains("command"));
  // What is there already is not fetched again by this dialogue either.
  story.original().commit("main", {{"more.txt", "more\n"}});
  const copy_run more = story.run();
  BOOST_TEST(more.exit_code() == 0, more.said());
  BOOST_TEST(more.number("pack.objects") == 3);
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(a_source_that_moved_is_asked_for_its_objects_where_it_is_now) {
  copy_story story(setup_of({.personality = "huggingface", .token = ""}));
  publish_small(story);
  const nginx_process before({.moved_to = story.source().url()});

  const std::string old_address = before.url() + "/moved/" + std::string(copy_story::name);
  const copy_run run = story.run(story.command(old_address, story.target().url_of(copy_story::name)));

  check_copied(story, run);
  for (const nginx_request& row : before.log()) BOOST_TEST(row.method == "GET", row.target);
}

BOOST_AUTO_TEST_CASE(a_source_without_filters) {
  copy_story story(setup_of({.token = "canary-of-the-source", .flags = {"--no-filter"}}));
  publish_small(story);

  check_copied(story, story.run());
}

BOOST_AUTO_TEST_CASE(plain_http_on_loopback) {
  story_setup setup;
  setup.source.tls = false;
  setup.target.tls = false;
  copy_story story(setup);
  publish_small(story);

  check_copied(story, story.run());
}

BOOST_AUTO_TEST_CASE(a_source_that_everybody_may_read_needs_no_token) {
  copy_story story(setup_of({.token = "", .anonymous_read = true}));
  publish_small(story);

  check_copied(story, story.run());
}

BOOST_AUTO_TEST_CASE(sha256_repositories_on_both_sides) {
  story_setup setup;
  setup.format = object_format::sha256;
  copy_story story(setup);
  publish_small(story);

  check_copied(story, story.run());
}

BOOST_AUTO_TEST_CASE(a_target_with_the_other_object_format_is_refused) {
  copy_story story;
  publish_small(story);
  const git_repository other = story.target().make_repository("acme/sha256", object_format::sha256);

  const copy_run run =
      story.run(story.command(story.source().url_of(copy_story::name), story.target().url_of("acme/sha256")));

  BOOST_TEST(run.exit_code() != 0);
  BOOST_TEST(run.error().find("object format") != std::string::npos, run.said());
  BOOST_TEST(other.refs().empty());
}

BOOST_AUTO_TEST_CASE(names_with_and_without_the_git_suffix) {
  for (const auto& [from, to] : {std::pair("acme/model.git", "acme/model"), std::pair("acme/model", "acme/model.git"),
                                 std::pair("acme/model.git", "acme/model.git")}) {
    BOOST_TEST_CONTEXT(from << " to " << to) {
      copy_story story(setup_of({.token = "canary-of-the-source"}));
      publish_small(story);

      check_copied(story, story.run(story.command(story.source().url_of(from), story.target().url_of(to))));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_data_set_named_as_on_the_hub) {
  copy_story story;
  git_repository there = story.source().make_repository("datasets/acme/data");
  const git_oid head = there.commit("main", {{"data.csv", "a,b\n"}});
  child_command command = story.command("datasets/acme/data", story.target().url_of(copy_story::name));
  command.environment["HF_ENDPOINT"] = story.source().url();

  const copy_run run = story.run(std::move(command));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.copied().refs().at("refs/heads/main") == head.hex());
}

BOOST_AUTO_TEST_CASE(a_private_ca_is_not_trusted_before_it_is_given) {
  copy_story story;
  publish_small(story);
  child_command command = story.command();
  std::erase(command.arguments, "--ca-cert");
  std::erase(command.arguments, forge_process::ca_file().string());

  const copy_run run = story.run(command);

  BOOST_TEST(run.exit_code() == 5, run.said());
  BOOST_TEST(run.error("hint").find("--ca-cert") != std::string::npos, run.said());
  BOOST_TEST(run.process.err.find("--ca-cert") != std::string::npos, run.said());
  BOOST_TEST(run.number("retries") == 0);
  BOOST_TEST(run.target_log.empty());
  // The same from the environment, as OpenSSL's own programs take it.
  command.environment["SSL_CERT_FILE"] = forge_process::ca_file().string();
  check_copied(story, story.run(std::move(command)));
}

BOOST_AUTO_TEST_CASE(chosen_refs_go_where_they_are_sent) {
  copy_story story;
  publish_small(story);

  const copy_run run = story.run({"--refs", "+refs/heads/main:refs/heads/release"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  const std::map<std::string, std::string> expected{
      {"refs/heads/release", story.original().refs().at("refs/heads/main")}};
  BOOST_TEST((story.copied().refs() == expected));
}

BOOST_AUTO_TEST_CASE(pointers_alone_are_copied_when_asked) {
  copy_story story;
  publish_small(story);

  const copy_run run = story.run({"--lfs", "none"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST((story.copied().refs() == story.original().refs()));
  BOOST_TEST(events_of(run.target_log, "batch").empty());
  BOOST_TEST(events_of(run.source_log, "batch").empty());
}

BOOST_AUTO_TEST_SUITE_END()

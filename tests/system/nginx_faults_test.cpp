#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/support/nginx_story.hpp"

// Front ends that refuse or run out of patience, and what git behind them is left with.
// Numbered as in tests/cases.md.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace nginx_faults_test {

// A pack of some six MiB that nothing compresses.
void publish_large(nginx_story& story) {
  for (unsigned n = 0; n < 6; ++n) {
    story.original().commit("main", {{"noise-" + std::to_string(n) + ".bin", noise(1'000'000, n + 1)}});
  }
}

// Nothing that a push brought is left: no ref, no object, no quarantine.
void check_untouched(const git_repository& repository) {
  BOOST_TEST(repository.refs().empty());
  const std::string objects = repository.git({"count-objects", "-v"});
  BOOST_TEST(objects.find("count: 0") != std::string::npos, objects);
  BOOST_TEST(objects.find("in-pack: 0") != std::string::npos, objects);
  for (const auto& entry : std::filesystem::directory_iterator(repository.path() / "objects")) {
    BOOST_TEST(!entry.path().filename().string().starts_with("tmp_objdir"), entry.path());
  }
}

}  // namespace nginx_faults_test

BOOST_AUTO_TEST_SUITE(nginx_faults_test, *boost::unit_test::precondition(nginx_is_installed))

BOOST_AUTO_TEST_CASE(case_24_target_413_early) {
  for (const bool buffered : {true, false}) {
    BOOST_TEST_CONTEXT("the target reads a push " << (buffered ? "when it is whole" : "as it comes")) {
      nginx_story story({.target = {.buffer_requests = buffered, .body_limit = 1_MiB}});
      publish_large(story);

      const hfpipe_run run = story.run();

      BOOST_TEST(run.exit_code() == 7, run.said());
      BOOST_TEST(run.error("side") == "target");
      BOOST_TEST(run.error("hint").find("client_max_body_size") != std::string::npos, run.said());
      BOOST_TEST(run.number("retries") == 0);
      BOOST_TEST(run.process.wall.count() < 20'000);
      const auto log = story.target().log();
      BOOST_TEST(std::ranges::count(log, 413, &nginx_request::status) == 1);
      for (const nginx_request& row : log) BOOST_TEST(row.size < 2'000'000u);  // not all of it was sent
      check_untouched(story.copied());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_token_of_either_side_is_refused_and_never_shown) {
  for (const std::string wrong : {"HF_TOKEN", "TARGET_TOKEN"}) {
    BOOST_TEST_CONTEXT(wrong) {
      nginx_story story({.source = {.token = "canary-of-the-source"}, .target = {.token = "canary-of-the-target"}});
      story.publish();
      child_command command = story.command();
      command.environment[wrong] = "another-token";

      const hfpipe_run run = story.run(std::move(command));

      BOOST_TEST(run.exit_code() == 7, run.said());
      BOOST_TEST(run.said().find("another-token") == std::string::npos);
      check_untouched(story.copied());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_host_without_push_is_told_before_anything_is_fetched) {
  nginx_story story;
  story.publish();
  story.copied().git({"config", "http.receivepack", "false"});

  const hfpipe_run run = story.run();

  BOOST_TEST(run.exit_code() == 7, run.said());
  BOOST_TEST(run.error("side") == "target");
  BOOST_TEST(run.number("pack.fetches") == 0);
}

BOOST_AUTO_TEST_CASE(a_git_that_works_longer_than_its_front_end_waits_is_judged_by_the_refs) {
  nginx_story story({.target = {.backend_timeout = std::chrono::seconds(1)}});
  story.publish();
  story.copied().write_hook("post-receive", "sleep 3\n");

  const hfpipe_run run = story.run();

  // nginx answered 504 although the refs had moved: what counts is what the target shows.
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(case_21_band3_midpack) {
  for (const char* protocol : {"version=2", ""}) {
    BOOST_TEST_CONTEXT("Git-Protocol '" << protocol << "'") {
      nginx_story story({.source = {.git_protocol = protocol}});
      publish_large(story);
      const std::string blob = story.original().git({"rev-parse", "main:noise-3.bin"});
      const auto file = story.original().path() / "objects" / blob.substr(0, 2) / blob.substr(2);
      BOOST_TEST_REQUIRE(std::filesystem::remove(file));

      const hfpipe_run run = story.run({"--retries", "0"});

      BOOST_TEST(run.exit_code() != 0, run.said());
      BOOST_TEST(run.error("side") == "source");
      check_untouched(story.copied());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

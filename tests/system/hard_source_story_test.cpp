#include <array>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <ctime>

#include "tests/support/copy_story.hpp"

// A source that makes it hard: streams that break, links that die, ranges that are not what was asked, waits. What
// passes is got over, with an equal target; what stays ends in its exit code, with the refs as they were.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace hard_source_story_test {

using faults = std::vector<json::object>;

// One object on a commit that the target does not have.
class hard_story : public copy_story {
 public:
  explicit hard_story(story_setup setup = {}) : copy_story(std::move(setup)) {
    original().commit("main", {{"README.md", "# a model\n"}});
    const copy_run before = run();
    BOOST_TEST_REQUIRE(before.exit_code() == 0, before.said());
    commit_objects("main", "weights", 1, 900'000);
    refs_before = copied().refs();
  }

  copy_run run_with(const faults& troubles, std::vector<std::string> flags = {}) {
    for (const json::object& each : troubles) source().fault(each);
    copy_run done = run(std::move(flags));
    source().clear_faults();
    return done;
  }

  std::size_t downloads(const copy_run& of) const { return events_of(of.source_log, "download").size(); }

  std::map<std::string, std::string> refs_before;
};

void check_survived(const faults& troubles, std::size_t downloads, std::int64_t retries, std::size_t uploads,
                    std::vector<std::string> flags = {}) {
  BOOST_TEST_CONTEXT(json::serialize(troubles.front())) {
    hard_story story;
    const copy_run run = story.run_with(troubles, std::move(flags));
    BOOST_TEST(run.exit_code() == 0, run.said());
    BOOST_TEST(story.difference() == "");
    BOOST_TEST(story.downloads(run) == downloads, run.said());
    BOOST_TEST(run.number("retries") == retries, run.said());
    BOOST_TEST(events_of(run.target_log, "upload").size() == uploads);
    BOOST_TEST(blobs_came_first(run.target_log));
  }
}

void check_given_up(hard_story& story, const faults& troubles, int exit_code, const std::string& words,
                    std::vector<std::string> flags) {
  BOOST_TEST_CONTEXT(json::serialize(troubles.front())) {
    const copy_run run = story.run_with(troubles, std::move(flags));
    BOOST_TEST(run.exit_code() == exit_code, run.said());
    BOOST_TEST(run.error().find(words) != std::string::npos, run.said());
    BOOST_TEST((story.copied().refs() == story.refs_before));
    BOOST_TEST(ref_pushes(run.target_log) == 0u);
    BOOST_TEST(stored_uploads(run.target_log) == 0u);
  }
}

json::object fault(std::string_view name, std::int64_t times, json::object more = {}) {
  more["fault"] = name;
  more["times"] = times;
  return more;
}

json::object asks_to_wait(std::string_view header, std::string value) {
  return fault("blob_status", 1, {{"status", 429}, {"headers", {{header, value}}}});
}

std::string date_in(std::chrono::seconds wait) {
  const std::time_t then = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + wait);
  std::array<char, 40> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", std::gmtime(&then));
  return std::string(text.data(), length);
}

}  // namespace hard_source_story_test

BOOST_AUTO_TEST_SUITE(hard_source_story_test)

BOOST_AUTO_TEST_CASE(trap_03_a_stream_that_breaks_is_read_on_under_the_same_upload) {
  check_survived({fault("blob_cut", 1, {{"at", 300'000}})}, 2, 1, 1);
  check_survived({fault("blob_cut", 2, {{"at", 300'000}})}, 3, 2, 1);
}

BOOST_AUTO_TEST_CASE(trap_04_a_link_that_is_refused_in_the_middle_is_replaced) {
  check_survived({fault("blob_cut", 1, {{"at", 300'000}}), fault("blob_status", 1, {{"status", 403}, {"skip", 1}})}, 3,
                 2, 1);
}

BOOST_AUTO_TEST_CASE(a_link_that_is_refused_before_its_first_byte_is_replaced) {
  check_survived({fault("blob_status", 1, {{"status", 403}})}, 2, 1, 1);
}

BOOST_AUTO_TEST_CASE(a_source_that_caps_ranges_is_read_in_many) {
  check_survived({fault("blob_capped_range", -1, {{"at", 200'000}})}, 5, 0, 1);
}

BOOST_AUTO_TEST_CASE(trap_01_a_source_that_forgets_ranges_begins_anew) {
  check_survived({fault("blob_cut", 1, {{"at", 300'000}}), fault("blob_ignore_range", -1)}, 3, 2, 2);
}

BOOST_AUTO_TEST_CASE(trap_02_a_wrong_range_is_asked_for_once_more) {
  check_survived({fault("blob_wrong_range", 1)}, 2, 1, 1);
}

BOOST_AUTO_TEST_CASE(wrong_bytes_are_fetched_again_over_another_connection) {
  hard_story story;
  const copy_run run = story.run_with({fault("blob_corrupt_byte", 1, {{"at", 100'000}})});
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  const log_lines downloads = events_of(run.source_log, "download");
  BOOST_TEST_REQUIRE(downloads.size() == 2u);
  BOOST_TEST((downloads[0].at("connection") != downloads[1].at("connection")));
}

BOOST_AUTO_TEST_CASE(a_server_that_asks_to_wait_is_waited_for) {
  for (const json::object& busy :
       {asks_to_wait("Retry-After", "1"), asks_to_wait("RateLimit", R"("resolvers";r=0;t=1)")}) {
    const auto began = std::chrono::steady_clock::now();
    check_survived({busy}, 2, 1, 1);
    BOOST_TEST((std::chrono::steady_clock::now() - began >= std::chrono::seconds(1)));
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_names_a_time_is_waited_for) {
  // The date has no fraction, and both hosts have to come up before anybody is asked.
  constexpr std::chrono::seconds until(8);
  const auto began = std::chrono::system_clock::now();
  check_survived({asks_to_wait("Retry-After", date_in(until))}, 2, 1, 1);
  BOOST_TEST((std::chrono::system_clock::now() - began >= until - std::chrono::seconds(1)));
}

BOOST_AUTO_TEST_CASE(trap_16_a_silent_stream_is_cut_and_read_on) {
  check_survived({fault("stall", 1, {{"at", 300'000}, {"match", {{"path", "/blob/"}}}})}, 2, 1, 1, {"--timeout", "1s"});
}

BOOST_AUTO_TEST_CASE(a_slow_stream_is_not_cut) {
  check_survived({fault("slow", 1, {{"rate", 400'000}, {"match", {{"path", "/blob/"}}}})}, 1, 0, 1,
                 {"--timeout", "1s"});
}

BOOST_AUTO_TEST_CASE(an_expired_link_is_not_used) {
  story_setup setup;
  setup.source.flags = {"--url-lifetime", "1"};  // less than the margin, so that each looks dead when it comes
  hard_story story(std::move(setup));
  const copy_run run = story.run_with({fault("blob_cut", 1, {{"at", 300'000}})});
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(events_of(run.target_log, "upload").size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_stays_ends_in_its_exit_code) {
  hard_story story;
  const std::vector<std::string> once{"--retries", "1"};
  check_given_up(story, {fault("blob_cut", -1, {{"at", 0}})}, 5, "the connection broke off", once);
  check_given_up(story, {fault("blob_status", -1, {{"status", 403}})}, 7, "not allowed", once);
  check_given_up(story, {fault("blob_status", -1, {{"status", 429}, {"headers", {{"Retry-After", "1"}}}})}, 5,
                 "too many requests", once);
  check_given_up(story, {fault("blob_wrong_range", -1)}, 6, "another range", once);
  check_given_up(story, {fault("blob_corrupt_byte", -1, {{"at", 100'000}})}, 11, "does not match its digest", once);
  check_given_up(story, {fault("blob_cut", -1, {{"at", 300'000}}), fault("blob_ignore_range", -1)}, 5,
                 "the connection broke off", once);
  check_given_up(story, {fault("stall", -1, {{"at", 0}, {"match", {{"path", "/blob/"}}}})}, 5,
                 "nothing arrived in time", {"--retries", "1", "--timeout", "1s"});

  const copy_run run = story.run();
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_SUITE_END()

#include <signal.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>
#include <thread>

#include "tests/support/copy_story.hpp"

// A run that may not use all of the line: it is slower and nothing else, and a signal lets it go.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace limit_story_test {

/// The lines of that event, of what --progress json said.
std::vector<json::object> told(const copy_run& run, std::string_view event) {
  std::vector<json::object> found;
  std::istringstream lines(run.process.err);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('{')) continue;
    json::object fields = json::parse(line).as_object();
    if (text_in(fields, "event") == event) found.push_back(std::move(fields));
  }
  return found;
}

void wait_for_batch(const forge_process& source) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (source.log_of("batch").empty()) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("no object was asked for");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace limit_story_test

BOOST_AUTO_TEST_SUITE(limit_story_test)

BOOST_AUTO_TEST_CASE(a_limited_copy_is_complete_and_says_its_limits) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_objects("main", "weights", 5, 100'000);

  const copy_run run =
      story.run({"--bwlimit", "1MiB", "--tpslimit", "40", "--progress", "json", "--threads", "3", "--stats", "1s"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(stored_uploads(run.target_log) == 5u);
  const auto limits = told(run, "limits");
  BOOST_TEST_REQUIRE(limits.size() == 1u, run.said());
  BOOST_TEST(limits[0].at("bytes_per_second").to_number<std::uint64_t>() == 1U << 20);
  BOOST_TEST(limits[0].at("requests_per_second").to_number<double>() == 40);
}

BOOST_AUTO_TEST_CASE(a_limit_shows_in_the_lines_of_a_log) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  child_command command = story.command({"--bwlimit", "500kB/s", "--progress", "plain"});
  const copy_run run = story.run(std::move(command));
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.process.err.find("limit  488.3 KiB/s\n") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(a_signal_lifts_the_limit_of_a_run_under_way) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_objects("main", "weights", 2, 4'000'000);
  const copy_story::log_marks marks = story.mark();

  child_process child(story.command({"--bwlimit", "16KiB", "--progress", "json"}));  // eight minutes
  wait_for_batch(story.source());
  BOOST_TEST_REQUIRE(!child.has_ended());
  child.send_signal(SIGUSR2);
  const copy_run run = story.finish(child.wait(), marks);

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  const auto limits = told(run, "limits");
  BOOST_TEST_REQUIRE(limits.size() == 2u, run.said());
  BOOST_TEST(!limits[0].at("bytes_per_second").is_null());
  BOOST_TEST(limits[1].at("bytes_per_second").is_null());
}

BOOST_AUTO_TEST_CASE(without_a_limit_the_signal_changes_nothing_and_says_so) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_objects("main", "weights", 1, 400'000);
  story.source().fault({{"fault", "slow"}, {"rate", 200'000}, {"times", -1}, {"match", {{"path", "/blob/"}}}});
  const copy_story::log_marks marks = story.mark();

  child_process child(story.command({"--progress", "plain"}));
  wait_for_batch(story.source());
  child.send_signal(SIGUSR2);
  const copy_run run = story.finish(child.wait(), marks);

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.process.err.find("no --bwlimit was given") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(what_is_no_rate_is_refused_before_anything_is_asked) {
  copy_story story;
  for (const auto& [flag, value] : {std::pair("--bwlimit", "fast"), std::pair("--bwlimit", "10"),
                                    std::pair("--tpslimit", "0"), std::pair("--tpslimit", "4x")}) {
    const copy_run run = story.run({flag, value});
    BOOST_TEST(run.exit_code() == 2, run.said());
    BOOST_TEST(run.process.err.find(flag) != std::string::npos, run.said());
    BOOST_TEST(run.source_log.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

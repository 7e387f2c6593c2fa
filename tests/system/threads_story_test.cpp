#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>

#include "tests/support/copy_story.hpp"
#include "tests/support/sanitized.hpp"

// The same copy on one thread and on several: the same target, the same ceiling, as quick an end. This test holds
// nothing large itself: a child's peak never reads below its parent's.

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace threads_story_test {

constexpr byte_count rss_limit = resident_limit(64_MiB);

constexpr std::size_t small_objects = 200;
constexpr std::size_t large_objects = 8;

void publish(copy_story& story) {
  story.commit_objects("main", "small", small_objects, 3'000);
  for (std::uint64_t seed = 0; seed < large_objects; ++seed) story.commit_generated("main", 20_MiB, seed);
}

std::vector<std::string> on_threads(const std::string& count) {
  return {"--threads", count, "--max-buffer-memory", "16MiB"};
}

void check_copied(const copy_story& story, const copy_run& run) {
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("lfs.sent") == static_cast<std::int64_t>(small_objects + large_objects));
  BOOST_TEST(run.number("retries") == 0);
  BOOST_TEST(stored_uploads(run.target_log) == small_objects + large_objects);
  BOOST_TEST(blobs_came_first(run.target_log));
  BOOST_TEST((run.process.peak_rss < rss_limit), "the peak was " + to_text(run.process.peak_rss));
  BOOST_TEST(run.number("peak_buffer_bytes") <= static_cast<std::int64_t>((16_MiB).value()));
  BOOST_TEST(story.difference() == "");
}

void wait_until_objects_move(const copy_story& story) {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (story.source().log_of("batch").size() < 2) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("no object was asked for");
    std::this_thread::sleep_for(10ms);
  }
  std::this_thread::sleep_for(500ms);
}

}  // namespace threads_story_test

BOOST_AUTO_TEST_SUITE(threads_story_test)

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_target) {
  for (const std::string count : {"1", "2", "4"}) {
    BOOST_TEST_CONTEXT(count << " threads") {
      copy_story story;
      publish(story);

      const copy_run run = story.run(on_threads(count));

      check_copied(story, run);
      BOOST_TEST_MESSAGE(count << " threads: " << run.process.wall.count() << " ms, peak RSS "
                               << to_text(run.process.peak_rss));
    }
  }
}

BOOST_AUTO_TEST_CASE(more_threads_than_objects_do_no_harm) {
  copy_story story;
  story.commit_objects("main", "few", 2, 50'000);

  const copy_run run = story.run({"--threads", "64"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(lines_that_break_on_several_threads_are_mended) {
  copy_story story;
  story.commit_objects("main", "weights", 12, 2'000'000);
  story.source().fault({{"fault", "blob_cut"}, {"at", 1'000'000}, {"times", 5}, {"match", {{"path", "/blob/"}}}});

  const copy_run run = story.run({"--threads", "4"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.source().hits("blob_cut") == 5u);
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_all_threads_soon_and_a_repetition_goes_on) {
  copy_story story;
  publish(story);
  story.source().fault({{"fault", "slow"}, {"rate", 65'536}, {"times", -1}, {"match", {{"path", "/blob/"}}}});
  const copy_story::log_marks marks = story.mark();
  child_process child(story.command(on_threads("4")));
  wait_until_objects_move(story);
  BOOST_TEST_REQUIRE(!child.has_ended());

  const auto sent = std::chrono::steady_clock::now();
  child.send_signal(SIGINT);
  const copy_run run = story.finish(child.wait(), marks);

  BOOST_TEST((std::chrono::steady_clock::now() - sent < 5s));
  BOOST_TEST(run.exit_code() == 130, run.said());
  BOOST_TEST(run.number("exit_code") == 130, run.said());
  BOOST_TEST(story.copied().refs().empty());
  BOOST_TEST(ref_pushes(run.target_log) == 0u);
  story.source().clear_faults();
  const copy_run again = story.run(on_threads("4"));
  BOOST_TEST(again.exit_code() == 0, again.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_SUITE_END()

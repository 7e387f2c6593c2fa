#include <boost/test/unit_test.hpp>

#include "tests/support/copy_story.hpp"
#include "tests/support/sanitized.hpp"

// Objects far larger than the memory: the ceiling holds, and they arrive. The target checks each object's SHA-256 and
// keeps none. This test holds nothing large itself: a child's peak never reads below its parent's.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace memory_story_test {

constexpr byte_count rss_limit = resident_limit(64_MiB);
constexpr std::uint64_t shrink = sanitized ? 16 : 1;

byte_count scaled(byte_count size) {
  return byte_count(size.value() / shrink);
}

story_setup discarding() {
  story_setup setup;
  setup.target.flags = {"--discard-blobs"};
  return setup;
}

void check_bounded(const copy_story& story, std::vector<std::string> flags, std::size_t objects) {
  child_command command = story.command(std::move(flags));
  command.limit = std::chrono::seconds(500);

  const copy_run run = story.run(std::move(command));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(stored_uploads(run.target_log) == objects);
  BOOST_TEST(blobs_came_first(run.target_log));
  BOOST_TEST((run.process.peak_rss < rss_limit), "the peak was " + to_text(run.process.peak_rss));
  BOOST_TEST(run.number("peak_buffer_bytes") <= static_cast<std::int64_t>((16_MiB).value()));
  BOOST_TEST_MESSAGE(objects << " objects in " << run.process.wall.count() << " ms, peak RSS "
                             << to_text(run.process.peak_rss));
}

}  // namespace memory_story_test

BOOST_AUTO_TEST_SUITE(memory_story_test)

BOOST_AUTO_TEST_CASE(an_object_of_4_gib_passes_through_16_mib) {
  copy_story story(discarding());
  story.commit_generated("main", scaled(4096_MiB), 1);

  check_bounded(story, {"--max-buffer-memory", "16MiB"}, 1);
}

BOOST_AUTO_TEST_CASE(eight_large_objects_at_once_pass_through_16_mib) {
  copy_story story(discarding());
  for (std::uint64_t seed = 0; seed < 8; ++seed) story.commit_generated("main", scaled(256_MiB), seed);

  check_bounded(story, {"--max-buffer-memory", "16MiB", "-j", "8"}, 8);
}

BOOST_AUTO_TEST_SUITE_END()

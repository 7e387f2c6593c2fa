#include "tools/hfpipe/live_frame.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/tools/hfpipe/every_event.hpp"
#include "tools/hfpipe/utf8_text.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;
using hfpipe::testing::blob;

namespace live_frame_test {

constexpr time_point start{};
constexpr std::uint64_t gib = 1U << 30;
const std::string title = "owner/name  ->  gitlab.example.com/g/n";
const std::string more = "  \xe2\x80\xa6 and ";

std::string screen(const progress_board& board, window_size window, time_point now, const std::string& named = title) {
  std::string text;
  for (const auto& line : frame_of(board, named, window, now)) text += line + "\n";
  return text;
}

/// A step that began at the start.
progress_board in_step(event::step step) {
  progress_board board;
  board.fold(event::step_started{step}, start);
  return board;
}

/// Half of 6 GiB is there after 16 s: one object moves at 64 MiB/s, another waits for the target since 12 s, for a
/// third there is no memory.
progress_board halfway() {
  auto board = in_step(event::step::copying_blobs);
  board.fold(event::planned{3, 0, 0, 0, 0}, start);
  board.fold(event::blobs_found{4, byte_count(8 * gib)}, start);
  board.fold(event::blobs_present{1, byte_count(2 * gib)}, start);
  board.fold(event::blob_started{blob('a', 3 * gib), 1}, start);
  board.fold(event::blob_started{blob('b', 2 * gib), 2}, start);
  board.fold(event::blob_waits_for_memory{blob('c', gib)}, start);
  for (std::uint64_t second = 1; second <= 16; ++second) {
    const event::relay_waits waited{{}, {}, std::chrono::milliseconds(900 * second)};
    board.fold(event::blob_progress{blob('a', 3 * gib), byte_count(second * (64U << 20)), waited},
               start + std::chrono::seconds(second));
    if (second == 4) board.fold(event::blob_finalising{blob('b', 2 * gib)}, start + 4s);
  }
  return board;
}

}  // namespace live_frame_test

BOOST_AUTO_TEST_SUITE(live_frame_test)

BOOST_AUTO_TEST_CASE(objects_on_their_way_in_80_columns) {
  BOOST_TEST(screen(halfway(), {79, 24}, start + 16s) ==
             "owner/name  ->  gitlab.example.com/g/n      3 refs\n"
             "  [==============>             ]   50%  3.0 / 6.0 GiB  64.0 MiB/s  ETA 0:48\n"
             "  objects 0/3  limited by: target  there already 1 (2.0 GiB)\n"
             "  aaaaaaaaaaaa     3.0 GiB   33%    64.0 MiB/s\n"
             "  bbbbbbbbbbbb     2.0 GiB  100%  target finalising, 12 s, attempt 2\n"
             "  cccccccccccc     1.0 GiB    0%  waiting for memory\n");
}

BOOST_AUTO_TEST_CASE(sixty_columns_leave_out_what_matters_least) {
  BOOST_TEST(screen(halfway(), {59, 24}, start + 16s) ==
             "owner/name  ->  gitlab.example.com/g/n      3 refs\n"
             "  [====>   ]   50%  3.0 / 6.0 GiB  64.0 MiB/s  ETA 0:48\n"
             "  objects 0/3  limited by: target\n"
             "  aaaaaaaaaaaa     3.0 GiB   33%    64.0 MiB/s\n"
             "  bbbbbbbbbbbb     2.0 GiB  100%  target finalising, 12 s,\xe2\x80\xa6\n"
             "  cccccccccccc     1.0 GiB    0%  waiting for memory\n");
}

BOOST_AUTO_TEST_CASE(a_long_title_leaves_room_for_the_count_of_refs) {
  const std::string first =
      frame_of(halfway(), "an-organisation/a-model  ->  gitlab.example.com/g/n", {50, 24}, start)[0];
  BOOST_TEST(first == "an-organisation/a-model  ->  gitlab.e\xe2\x80\xa6      3 refs");
}

BOOST_AUTO_TEST_CASE(a_wide_window_has_a_longer_bar_and_no_more) {
  BOOST_TEST(screen(halfway(), {119, 24}, start + 16s) ==
             "owner/name  ->  gitlab.example.com/g/n      3 refs\n"
             "  [====================>                   ]   50%  3.0 / 6.0 GiB  64.0 MiB/s  ETA 0:48\n"
             "  objects 0/3  limited by: target  there already 1 (2.0 GiB)\n"
             "  aaaaaaaaaaaa     3.0 GiB   33%    64.0 MiB/s\n"
             "  bbbbbbbbbbbb     2.0 GiB  100%  target finalising, 12 s, attempt 2\n"
             "  cccccccccccc     1.0 GiB    0%  waiting for memory\n");
}

BOOST_AUTO_TEST_CASE(four_rows_have_one_line) {
  BOOST_TEST(screen(halfway(), {79, 4}, start + 16s) ==
             "  [==============>             ]   50%  3.0 / 6.0 GiB  64.0 MiB/s  ETA 0:48\n");
  BOOST_TEST(screen(in_step(event::step::listing), {79, 4}, start + 3s) == "  listing the refs of both sides, 3 s\n");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_counted_and_the_largest_are_shown) {
  auto board = in_step(event::step::copying_blobs);
  for (const char digit : std::string_view("0123456789ab")) {
    board.fold(event::blob_started{blob(digit, digit == 'b' ? 9999 : 10), 1}, start);
  }
  const auto frame = frame_of(board, title, {80, 9}, start);
  BOOST_REQUIRE(frame.size() == 8u);
  BOOST_TEST(frame[2].starts_with("  bbbbbbbbbbbb"));
  BOOST_TEST(frame[3].starts_with("  000000000000"));
  BOOST_TEST(frame[7] == more + "7 more");
  BOOST_TEST(frame_of(board, title, {80, 15}, start).size() == 14u);
}

BOOST_AUTO_TEST_CASE(each_step_is_told_with_its_seconds) {
  const std::vector<std::pair<event::step, std::string>> rows{
      {event::step::listing, "listing the refs of both sides, 3 s"},
      {event::step::asking_to_write, "asking the target for write access, 3 s"},
      {event::step::reading_pack, "reading the history: waiting for the source to pack it, 3 s"},
      {event::step::reading_history, "reading the whole history, 3 s"},
      {event::step::asking_for_blobs, "asking the target which objects it has, 3 s"},
      {event::step::pushing, "pushing 0 refs, 3 s"},
      {event::step::checking, "reading back what the target has, 3 s"}};
  for (const auto& [step, text] : rows) {
    BOOST_TEST(screen(in_step(step), {79, 24}, start + 3500ms) == title + "\n  " + text + "\n");
  }
}

BOOST_AUTO_TEST_CASE(a_history_that_is_read_has_a_bar_of_its_git_objects) {
  auto board = in_step(event::step::reading_pack);
  for (std::uint64_t second = 0; second <= 4; ++second) {
    board.fold(event::pack_progress{byte_count(second << 20), second * 1000, 10'000},
               start + std::chrono::seconds(second));
  }
  BOOST_TEST(screen(board, {79, 24}, start + 4s) ==
             title +
                 "\n"
                 "  [==========>              ]   40%  4000/10000 Git objects  4.0 MiB  1.0 MiB/s\n"
                 "  reading the history, 4 s\n");
}

BOOST_AUTO_TEST_CASE(a_push_has_a_bar_where_its_size_is_known) {
  auto board = in_step(event::step::pushing);
  board.fold(event::planned{2, 1, 0, 0, 0}, start);
  board.fold(event::push_started{3, std::nullopt}, start);
  board.fold(event::push_progress{byte_count(1024)}, start);
  BOOST_TEST(screen(board, {79, 24}, start) == title + "      3 refs\n  pushing 3 refs, 1.0 KiB, 0 s\n");
  board.fold(event::push_started{3, byte_count(4096)}, start);
  board.fold(event::push_progress{byte_count(1024)}, start);
  BOOST_TEST(screen(board, {79, 24}, start) == title +
                                                   "      3 refs\n"
                                                   "  [=======>                    ]   25%  1.0 / 4.0 KiB  0 B/s\n"
                                                   "  pushing 3 refs, 0 s\n");
}

BOOST_AUTO_TEST_CASE(what_an_object_waits_for_is_beside_it) {
  auto board = halfway();
  board.fold(event::retrying{"lfs aaaaaaaaaaaa", 1, 3s, failure(errc::connection_lost).blame(side::source)},
             start + 16s);
  BOOST_TEST(frame_of(board, title, {119, 24}, start + 16s)[3] ==
             "  aaaaaaaaaaaa     3.0 GiB   33%  retrying in 3 s: " +
                 std::string(facts_of(errc::connection_lost).message) + " (source)");
  BOOST_TEST(frame_of(board, title, {79, 24}, start + 20s)[3].find("trying again") != std::string::npos);
  board.fold(event::blob_started{blob('a', 3 * gib), 2}, start + 20s);
  BOOST_TEST(frame_of(board, title, {79, 24}, start + 25s)[3] ==
             "  aaaaaaaaaaaa     3.0 GiB    0%  waiting for the first byte, 5 s, attempt 2");
}

BOOST_AUTO_TEST_CASE(a_side_that_throttles_is_named_on_its_own_and_beside_what_stands) {
  auto board = halfway();
  board.fold(event::throttled{side::source, 30s}, start + 16s);
  const auto frame = frame_of(board, title, {79, 24}, start + 21s);
  BOOST_TEST(frame[3] == "  source throttled, goes on in 25 s");
  BOOST_TEST(frame[4] == "  aaaaaaaaaaaa     3.0 GiB   33%  source throttled");
}

BOOST_AUTO_TEST_CASE(a_stall_is_told_instead_of_a_time_that_grows) {
  const auto board = halfway();
  const auto frame = frame_of(board, title, {79, 24}, start + 28s);
  BOOST_TEST(frame[1] == "  [==============>             ]   50%  3.0 / 6.0 GiB  stalled 12 s");
  BOOST_TEST(frame[3] == "  aaaaaaaaaaaa     3.0 GiB   33%  stalled 12 s");
}

BOOST_AUTO_TEST_CASE(a_step_that_will_be_tried_again_says_when_and_why) {
  auto board = in_step(event::step::listing);
  board.fold(event::retrying{"listing the source", 1, 5s, failure(errc::cannot_connect)}, start);
  const auto text = "  retrying in 3 s: listing the source: " + std::string(facts_of(errc::cannot_connect).message);
  BOOST_TEST(screen(board, {119, 24}, start + 2s) == title + "\n  listing the refs of both sides, 2 s\n" + text + "\n");
  BOOST_TEST(screen(board, {119, 4}, start + 2s) == text + "\n");
}

BOOST_AUTO_TEST_CASE(no_line_wraps_and_no_block_is_higher_than_the_window) {
  progress_board board;
  std::string wide_title;
  for (int i = 0; i < 100; ++i) wide_title += "\xe6\xa8\xa1";
  auto events = testing::every_event(failure(errc::timed_out).detail(std::string(300, 'y')), std::string(500, 'x'));
  for (const char digit : std::string_view("cdef")) {
    events.push_back(event::blob_started{blob(digit, ~std::uint64_t(0)), 4'000'000'000U});
  }
  for (const auto& happened : events) {
    board.fold(happened, start);
    for (const auto window : {window_size{19, 4}, window_size{40, 6}, window_size{59, 7}, window_size{79, 24}}) {
      const auto frame = frame_of(board, wide_title, window, start + 1s);
      BOOST_TEST(frame.size() < window.rows);
      for (const auto& line : frame) BOOST_TEST(columns_of(line) <= window.columns);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

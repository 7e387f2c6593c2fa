#include "tools/hfpipe/progress_board.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/tools/hfpipe/every_event.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;
using hfpipe::testing::blob;

namespace {

constexpr time_point start{};

progress_board told(std::initializer_list<any_event> events, time_point when = start) {
  progress_board board;
  for (const auto& happened : events) board.fold(happened, when);
  return board;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(progress_board_test)

BOOST_AUTO_TEST_CASE(there_is_no_percentage_before_the_scan_is_over) {
  BOOST_TEST(!told({event::blob_started{blob('a'), 1}}).percent().has_value());
}

BOOST_AUTO_TEST_CASE(what_is_there_already_counts_neither_as_done_nor_as_to_do) {
  const auto board = told({event::blobs_found{3, byte_count(3000)}, event::blobs_present{1, byte_count(2000)},
                           event::blob_started{blob('a'), 1}, event::blob_progress{blob('a'), byte_count(250)}});
  BOOST_TEST(board.total().value().value() == 1000u);
  BOOST_TEST(board.percent().value() == 25u);
}

BOOST_AUTO_TEST_CASE(nothing_to_move_is_all_done) {
  BOOST_TEST(told({event::blobs_found{1, byte_count(9)}, event::blobs_present{1, byte_count(9)}}).percent().value() ==
             100u);
}

BOOST_AUTO_TEST_CASE(a_hundred_percent_means_every_byte) {
  const auto board = told({event::blobs_found{1, byte_count(1'000'000)}, event::blob_started{blob('a', 1'000'000), 1},
                           event::blob_progress{blob('a', 1'000'000), byte_count(999'999)}});
  BOOST_TEST(board.percent().value() == 99u);
}

BOOST_AUTO_TEST_CASE(repeated_and_senseless_events_never_pass_a_hundred_percent) {
  auto board = told({event::blobs_found{1, byte_count(1000)}, event::blob_started{blob('a'), 1},
                     event::blob_progress{blob('a'), byte_count(99'999)}, event::blob_stored{blob('a')},
                     event::blob_stored{blob('a')}, event::blob_progress{blob('a'), byte_count(1000)}});
  BOOST_TEST(board.percent().value() == 100u);
  board.fold(event::blobs_present{5, byte_count(5000)}, start);
  BOOST_TEST(board.percent().value() == 100u);
}

BOOST_AUTO_TEST_CASE(a_second_attempt_starts_from_nothing_and_its_bytes_count_for_the_rate_again) {
  auto board = told({event::blobs_found{1, byte_count(1000)}, event::blob_started{blob('a'), 1}});
  board.fold(event::listed{}, start);
  board.fold(event::blob_progress{blob('a'), byte_count(800)}, start + 1s);
  board.fold(event::blob_started{blob('a'), 2}, start + 1s);
  BOOST_TEST(board.done().value() == 0u);
  board.fold(event::blob_progress{blob('a'), byte_count(200)}, start + 2s);
  BOOST_TEST(board.done().value() == 200u);
  BOOST_TEST(board.rate(start + 2s) == 500.0);
}

BOOST_AUTO_TEST_CASE(the_rate_is_of_the_last_seconds_and_falls_to_nothing_in_a_stall) {
  progress_board board;
  board.fold(event::listed{}, start);
  board.fold(event::blob_started{blob('a', 1 << 20), 1}, start);
  for (int second = 1; second <= 20; ++second) {
    const auto sent = second <= 10 ? 100 * second : 1000 + 300 * (second - 10);
    board.fold(event::blob_progress{blob('a', 1 << 20), byte_count(static_cast<std::uint64_t>(sent))},
               start + std::chrono::seconds(second));
  }
  BOOST_TEST(board.rate(start + 20s) == 300.0);
  BOOST_TEST(board.rate(start + 25s) == 150.0);
  BOOST_TEST(board.rate(start + 40s) == 0.0);
}

BOOST_AUTO_TEST_CASE(samples_do_not_pile_up) {
  rate_window window;
  for (int i = 0; i <= 100'000; ++i) window.add(start + i * 1ms, static_cast<std::uint64_t>(i));
  BOOST_TEST(window.per_second(start + 100'000ms) == 1000.0, boost::test_tools::tolerance(0.03));
}

BOOST_AUTO_TEST_CASE(the_time_left_needs_a_total_and_a_rate) {
  progress_board board;
  board.fold(event::listed{}, start);
  board.fold(event::blob_started{blob('a'), 1}, start);
  board.fold(event::blob_progress{blob('a'), byte_count(100)}, start + 1s);
  BOOST_TEST(!board.time_left(start + 1s).has_value());
  board.fold(event::blobs_found{1, byte_count(1000)}, start + 1s);
  BOOST_CHECK(board.time_left(start + 1s).value() == 9s);
  BOOST_TEST(!board.time_left(start + 1h).has_value());
}

BOOST_AUTO_TEST_CASE(a_wait_is_shown_as_long_as_it_lasts) {
  const auto board = told({event::retrying{"the source", 1, 5s, failure(errc::timed_out)}});
  BOOST_TEST(board.waiting(start + 4s).value_or("") == "the source");
  BOOST_TEST(!board.waiting(start + 5s).has_value());
}

BOOST_AUTO_TEST_CASE(finished_objects_are_forgotten) {
  progress_board board;
  for (const auto& happened : testing::every_event(failure(errc::timed_out), "")) board.fold(happened, start);
  BOOST_TEST(board.moving().empty());
  BOOST_TEST(board.stored() == 2u);
  BOOST_TEST(board.failed() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

#include "tools/hfpipe/progress_board.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/tools/hfpipe/every_event.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;
using hfpipe::testing::blob;

namespace progress_board_test {

constexpr time_point start{};

progress_board told(std::initializer_list<any_event> events, time_point when = start) {
  progress_board board;
  for (const auto& happened : events) board.fold(happened, when);
  return board;
}

}  // namespace progress_board_test

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

BOOST_AUTO_TEST_CASE(a_second_attempt_never_takes_the_total_back_and_its_bytes_count_for_the_rate_again) {
  auto board = told({event::blobs_found{1, byte_count(1000)}, event::blob_started{blob('a'), 1}});
  board.fold(event::listed{}, start);
  board.fold(event::blob_progress{blob('a'), byte_count(800)}, start + 1s);
  board.fold(event::blob_started{blob('a'), 2}, start + 1s);
  BOOST_TEST(board.done().value() == 800u);
  board.fold(event::blob_progress{blob('a'), byte_count(200)}, start + 2s);
  BOOST_TEST(board.done().value() == 800u);
  BOOST_TEST(board.moving().at(blob('a').oid).sent.value() == 200u);
  board.fold(event::blob_progress{blob('a'), byte_count(900)}, start + 2s);
  BOOST_TEST(board.done().value() == 900u);
  board.fold(event::blob_progress{blob('a'), byte_count(200)}, start + 2s);
  BOOST_TEST(board.rate(start + 2s) == 850.0);
}

BOOST_AUTO_TEST_CASE(what_was_stored_before_the_run_planned_again_counts_once) {
  auto board = told({event::blobs_found{5, byte_count(5000)}, event::blobs_present{1, byte_count(1000)},
                     event::blob_started{blob('a'), 1}, event::blob_stored{blob('a')},
                     event::blob_started{blob('b'), 1}, event::blob_stored{blob('b')}});
  BOOST_TEST(board.percent().value() == 50u);
  // The source moved a ref: all is asked again, and now the target has those two, too.
  board.fold(event::blobs_found{5, byte_count(5000)}, start);
  BOOST_TEST(board.percent().value() <= 50u);
  board.fold(event::blobs_present{3, byte_count(3000)}, start);
  BOOST_TEST(board.total().value().value() == 4000u);
  BOOST_TEST(board.done().value() == 2000u);
  BOOST_TEST(board.percent().value() == 50u);
  BOOST_TEST(board.present().objects == 1u);
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

BOOST_AUTO_TEST_CASE(the_time_left_needs_a_total_and_some_seconds_of_a_rate) {
  progress_board board;
  board.fold(event::blob_started{blob('a'), 1}, start);
  board.fold(event::blob_progress{blob('a'), byte_count(100)}, start + 4s);
  BOOST_TEST(!board.time_left(start + 5s).has_value());
  board.fold(event::blobs_found{1, byte_count(1000)}, start + 4s);
  BOOST_TEST(!board.time_left(start + 4s).has_value());
  BOOST_CHECK(board.time_left(start + 5s).value() == 45s);
}

BOOST_AUTO_TEST_CASE(what_goes_twice_is_left_to_do_twice) {
  auto board = told({event::blobs_found{1, byte_count(1000)}, event::blob_started{blob('a'), 1}});
  board.fold(event::blob_progress{blob('a'), byte_count(800)}, start + 8s);
  BOOST_CHECK(board.time_left(start + 8s).value() == 2s);
  board.fold(event::blob_started{blob('a'), 2}, start + 8s);
  BOOST_CHECK(board.time_left(start + 8s).value() == 10s);
}

BOOST_AUTO_TEST_CASE(what_was_given_up_is_not_done_and_not_left_to_do) {
  auto board = told(
      {event::blobs_found{2, byte_count(2000)}, event::blob_started{blob('a'), 1}, event::blob_started{blob('b'), 1}});
  board.fold(event::blob_progress{blob('a'), byte_count(1000)}, start + 10s);
  board.fold(event::blob_failed{blob('b'), failure(errc::timed_out)}, start + 10s);
  BOOST_TEST(board.percent().value() == 50u);
  BOOST_TEST(!board.time_left(start + 10s).has_value());
}

BOOST_AUTO_TEST_CASE(a_target_that_finalises_is_given_no_time) {
  auto board = told({event::blobs_found{1, byte_count(1000)}, event::blob_started{blob('a'), 1}});
  for (int second = 1; second <= 9; ++second)
    board.fold(event::blob_progress{blob('a'), byte_count(100U * static_cast<unsigned>(second))},
               start + std::chrono::seconds(second));
  BOOST_TEST(board.time_left(start + 9s).has_value());
  board.fold(event::blob_progress{blob('a'), byte_count(1000)}, start + 10s);
  board.fold(event::blob_finalising{blob('a')}, start + 10s);
  BOOST_TEST(!board.time_left(start + 10s).has_value());
}

BOOST_AUTO_TEST_CASE(a_stall_has_a_length_and_no_time_left) {
  auto board = told({event::blobs_found{1, byte_count(1000)}, event::blob_started{blob('a'), 1}});
  board.fold(event::blob_progress{blob('a'), byte_count(100)}, start + 5s);
  BOOST_TEST(!board.stalled(start + 14s).has_value());
  BOOST_TEST(board.time_left(start + 14s).has_value());
  BOOST_CHECK(board.stalled(start + 17s).value() == 12s);
  BOOST_TEST(!board.time_left(start + 17s).has_value());
  board.fold(event::blob_progress{blob('a'), byte_count(101)}, start + 18s);
  BOOST_TEST(!board.stalled(start + 18s).has_value());
}

BOOST_AUTO_TEST_CASE(waiting_for_the_target_or_for_another_try_is_no_stall) {
  auto board = told({event::blob_started{blob('a'), 1}, event::blob_finalising{blob('a')}});
  BOOST_TEST(!board.stalled(start + 1h).has_value());
  board =
      told({event::blob_started{blob('a'), 1}, event::retrying{"lfs aaaaaaaaaaaa", 1, 60s, failure(errc::timed_out)}});
  BOOST_TEST(!board.stalled(start + 59s).has_value());
  BOOST_TEST(board.stalled(start + 61s).has_value());
}

BOOST_AUTO_TEST_CASE(what_relays_wait_for_limits_them) {
  auto board = told({event::blob_started{blob('a'), 1}});
  BOOST_TEST(!board.limited_by(start).has_value());
  for (unsigned second = 1; second <= 5; ++second) {
    const event::relay_waits waited{{}, std::chrono::milliseconds(800 * second), std::chrono::milliseconds(second)};
    board.fold(event::blob_progress{blob('a'), byte_count(10 * second), waited}, start + std::chrono::seconds(second));
  }
  BOOST_CHECK(board.limited_by(start + 5s).value() == bottleneck::source);
}

BOOST_AUTO_TEST_CASE(an_answer_that_takes_long_is_time_that_the_target_took) {
  auto board = told({event::blob_started{blob('a'), 1}, event::blob_started{blob('b'), 1}});
  const event::relay_waits waited{{}, 100ms, {}};
  board.fold(event::blob_progress{blob('a'), byte_count(1000), waited}, start + 1s);
  board.fold(event::blob_finalising{blob('a')}, start + 1s);
  board.fold(event::blob_stored{blob('a')}, start + 6s);
  BOOST_CHECK(board.limited_by(start + 6s).value() == bottleneck::target);
}

BOOST_AUTO_TEST_CASE(the_retry_of_a_step_is_shown_as_long_as_it_is_to_come) {
  auto board = told({event::retrying{"the source", 1, 5s, failure(errc::timed_out)}});
  BOOST_TEST(board.waiting(start + 4s).value().what == "the source");
  BOOST_TEST(!board.waiting(start + 5s).has_value());
}

BOOST_AUTO_TEST_CASE(of_two_retries_of_steps_that_run_side_by_side_the_later_one_is_shown) {
  auto board = told({event::retrying{"the empty push", 1, 30s, failure(errc::rate_limited)}});
  board.fold(event::step_started{event::step::reading_pack}, start + 1s);
  board.fold(event::retrying{"the pack", 1, 1s, failure(errc::timed_out)}, start + 1s);
  BOOST_TEST(board.waiting(start + 1s).value().what == "the empty push");
  board.fold(event::retrying{"the pack", 2, 60s, failure(errc::timed_out)}, start + 2s);
  BOOST_TEST(board.waiting(start + 3s).value().what == "the pack");
}

BOOST_AUTO_TEST_CASE(setbacks_are_no_progress) {
  auto board = told({event::step_started{event::step::listing}});
  board.fold(event::retrying{"the source", 1, 5s, failure(errc::timed_out)}, start + 20s);
  board.fold(event::throttled{side::target, 5s}, start + 20s);
  BOOST_CHECK(board.quiet(start + 30s) == 30s);
}

BOOST_AUTO_TEST_CASE(finished_objects_are_forgotten) {
  progress_board board;
  for (const auto& happened : testing::every_event(failure(errc::timed_out), "")) board.fold(happened, start);
  BOOST_TEST(board.moving().empty());
  BOOST_TEST(board.stored() == 2u);
  BOOST_TEST(board.failed() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

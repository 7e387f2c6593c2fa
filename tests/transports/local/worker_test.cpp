#include "transports/local/worker.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <thread>

#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

BOOST_AUTO_TEST_SUITE(worker_test)

BOOST_AUTO_TEST_CASE(work_runs_on_another_thread_and_gives_its_value) {
  local::worker disk;
  const auto here = std::this_thread::get_id();
  const auto work = [](const local::stop_flag&) { return std::this_thread::get_id(); };
  BOOST_TEST((run_task(disk.run(work)) != here));
}

BOOST_AUTO_TEST_CASE(work_is_done_one_after_the_other_in_order) {
  local::worker disk;
  asio::io_context loop;
  std::vector<int> order;
  const auto one = [&](const local::stop_flag&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    order.push_back(1);
  };
  const auto other = [&](const local::stop_flag&) { order.push_back(2); };
  spawned_task first(loop, disk.run(one));
  spawned_task second(loop, disk.run(other));
  loop.run();
  BOOST_TEST(first.done());
  BOOST_TEST(second.done());
  BOOST_TEST(order == (std::vector<int>{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_work_throws_reaches_who_waits) {
  local::worker disk;
  const auto fails = [](const local::stop_flag&) { throw failed(failure(errc::file_failed).detail("gone")); };
  BOOST_CHECK_EXCEPTION(run_task(disk.run(fails)), failed, [](const failed& broken) {
    return broken.why().code() == errc::file_failed && broken.why().detail() == "gone";
  });
  const auto breaks = [](const local::stop_flag&) -> int { throw std::runtime_error("odd"); };
  BOOST_CHECK_EXCEPTION(run_task(disk.run(breaks)), failed,
                        [](const failed& broken) { return broken.why().code() == errc::internal; });
  const auto starves = [](const local::stop_flag&) { throw std::bad_alloc(); };
  BOOST_CHECK_THROW(run_task(disk.run(starves)), std::bad_alloc);
}

BOOST_AUTO_TEST_CASE(after_a_failure_it_works_on) {
  local::worker disk;
  const auto fails = [](const local::stop_flag&) { throw failed(failure(errc::file_failed)); };
  BOOST_CHECK_THROW(run_task(disk.run(fails)), failed);
  const auto works = [](const local::stop_flag&) { return 7; };
  BOOST_TEST(run_task(disk.run(works)) == 7);
}

BOOST_AUTO_TEST_CASE(cancelled_work_is_told_and_waited_for) {
  local::worker disk;
  asio::io_context loop;
  std::atomic<bool> began = false, saw_it = false;
  const auto waits = [&](const local::stop_flag& stop) {
    began = true;
    while (!stop) std::this_thread::yield();
    saw_it = true;
  };
  spawned_task waiting(loop, disk.run(waits));
  while (!began) loop.poll();
  waiting.cancel();
  loop.run();
  BOOST_TEST(saw_it.load());
  BOOST_TEST_REQUIRE(waiting.broken().has_value());
  BOOST_TEST((waiting.broken()->code() == errc::cancelled));
}

BOOST_AUTO_TEST_CASE(a_value_that_comes_too_late_is_dropped) {
  local::worker disk;
  asio::io_context loop;
  std::atomic<bool> began = false;
  const auto waits = [&](const local::stop_flag& stop) {
    began = true;
    while (!stop) std::this_thread::yield();
    return 7;
  };
  const auto asks = [&]() -> task<> {
    const int value = co_await disk.run(waits);
    BOOST_TEST(value == 0);  // not reached
  };
  spawned_task waiting(loop, asks());
  while (!began) loop.poll();
  waiting.cancel();
  loop.run();
  BOOST_TEST_REQUIRE(waiting.broken().has_value());
  BOOST_TEST((waiting.broken()->code() == errc::cancelled));
}

BOOST_AUTO_TEST_SUITE_END()

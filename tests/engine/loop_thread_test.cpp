#include "engine/loop_thread.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>
#include <stdexcept>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(loop_thread_test)

BOOST_AUTO_TEST_CASE(what_is_posted_runs_on_another_thread_before_finish_returns) {
  loop_thread other;
  std::thread::id where;
  asio::post(other.executor(), [&] { where = std::this_thread::get_id(); });

  other.finish();

  BOOST_TEST((where != std::thread::id()));
  BOOST_TEST((where != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(what_waits_does_not_hold_up_the_end) {
  loop_thread other;
  asio::steady_timer never(other.executor(), std::chrono::hours(1));
  std::atomic<bool> woken{false};
  never.async_wait([&](const boost::system::error_code&) { woken = true; });

  other.finish();

  BOOST_TEST(!woken);
}

BOOST_AUTO_TEST_CASE(nothing_runs_after_the_end) {
  loop_thread other;
  other.finish();
  std::atomic<bool> ran{false};
  asio::post(other.executor(), [&] { ran = true; });

  other.finish();

  BOOST_TEST(!ran);
}

BOOST_AUTO_TEST_CASE(an_exception_ends_neither_the_process_nor_the_loop) {
  loop_thread other;
  std::atomic<bool> went_on{false};
  asio::post(other.executor(), [] { throw std::runtime_error("nobody's"); });
  asio::post(other.executor(), [&] { went_on = true; });

  other.finish();

  BOOST_TEST(went_on);
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/run_on.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>

#include "engine/loop_thread.hpp"
#include "engine/nursery.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace run_on_test {

task<> give_way(unsigned turns) {
  for (unsigned n = 0; n < turns; ++n) co_await asio::post(asio::use_awaitable);
}

task<std::thread::id> thread_of(unsigned turns) {
  co_await give_way(turns);
  co_return std::this_thread::get_id();
}

task<> fail_with(errc code, unsigned turns) {
  co_await give_way(turns);
  throw failed(failure(code).at("over there").blame(side::source));
}

/// What a far task went through.
struct fate {
  std::atomic<bool> begun{false};
  std::atomic<bool> cancelled{false};
  std::atomic<int> alive{0};
};

class inhabitant {
 public:
  explicit inhabitant(fate& of) : of_(of) { ++of_.alive; }
  inhabitant(const inhabitant&) = delete;
  inhabitant& operator=(const inhabitant&) = delete;
  ~inhabitant() { --of_.alive; }

 private:
  fate& of_;
};

task<> live_for_ever(fate& of) {
  const inhabitant self(of);
  of.begun = true;
  try {
    co_await stall();
  } catch (const failed& broken) {
    of.cancelled = broken.why().code() == errc::cancelled;
    throw;
  }
}

task<> live(fate& of, unsigned turns) {
  const inhabitant self(of);
  of.begun = true;
  co_await give_way(turns);
}

/// Runs `work` far away from inside a task that notes what is still alive when it goes on.
task<> send_away(asio::any_io_executor there, fate& of, task<> work, int& alive_after) {
  alive_after = -1;
  std::exception_ptr error;
  try {
    co_await run_on(there, std::move(work));
  } catch (const failed&) {
    error = std::current_exception();
  }
  alive_after = of.alive;
  if (error) std::rethrow_exception(error);
}

}  // namespace run_on_test

BOOST_AUTO_TEST_SUITE(run_on_test)

BOOST_AUTO_TEST_CASE(the_work_runs_there_and_its_caller_goes_on_here) {
  loop_thread other;
  const std::thread::id here = std::this_thread::get_id();
  for (const unsigned turns : {0U, 1U, 5U}) {
    std::thread::id there, back;
    auto caller = [&]() -> task<> {
      there = co_await run_on(other.executor(), thread_of(turns));
      back = std::this_thread::get_id();
    };
    run_task(caller());
    BOOST_TEST_CONTEXT("turns " << turns) {
      BOOST_TEST((there != here));
      BOOST_TEST((back == here));
    }
  }
}

BOOST_AUTO_TEST_CASE(on_the_callers_own_executor_it_stays_here) {
  asio::io_context loop(1);
  const asio::any_io_executor own = loop.get_executor();

  const std::thread::id where = run_task(loop, run_on(own, thread_of(2)));

  BOOST_TEST((where == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(a_value_that_can_only_move_comes_back) {
  loop_thread other;
  auto work = []() -> task<std::unique_ptr<std::string>> { co_return std::make_unique<std::string>("carried"); };

  const std::unique_ptr<std::string> got = run_task(run_on(other.executor(), work()));

  BOOST_TEST(*got == "carried");
}

BOOST_AUTO_TEST_CASE(a_failure_comes_back_whole) {
  loop_thread other;
  for (const unsigned turns : {0U, 3U}) {
    BOOST_CHECK_EXCEPTION(run_task(run_on(other.executor(), fail_with(errc::not_found, turns))), failed,
                          [](const failed& broken) {
                            const failure& why = broken.why();
                            return why.code() == errc::not_found && why.blamed() == side::source &&
                                   why.where() == std::vector<std::string>{"over there"};
                          });
  }
}

BOOST_AUTO_TEST_CASE(memory_that_ran_out_there_is_told_here) {
  loop_thread other;
  auto work = []() -> task<> {
    throw std::bad_alloc();
    co_return;
  };
  BOOST_CHECK_THROW(run_task(run_on(other.executor(), work())), std::bad_alloc);
}

BOOST_AUTO_TEST_CASE(an_exception_that_is_not_ours_is_an_internal_failure) {
  loop_thread other;
  auto work = []() -> task<> {
    throw std::runtime_error("odd");
    co_return;
  };
  BOOST_CHECK_EXCEPTION(run_task(run_on(other.executor(), work())), failed,
                        [](const failed& broken) { return broken.why().code() == errc::internal; });
}

BOOST_AUTO_TEST_CASE(cancelled_before_it_starts_the_work_never_runs) {
  loop_thread other;
  fate of;
  auto caller = [&]() -> task<> {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await give_way(3);
    co_await run_on(other.executor(), live(of, 0));
  };
  asio::io_context loop(1);

  const auto broken = run_cancelled(loop, caller(), [] { return true; });

  BOOST_REQUIRE(broken);
  BOOST_CHECK(broken->code() == errc::cancelled);
  BOOST_TEST(!of.begun);
}

BOOST_AUTO_TEST_CASE(cancelled_in_the_middle_it_ends_when_the_work_has_ended) {
  loop_thread other;
  fate of;
  int alive_after = 0;
  asio::io_context loop(1);

  const auto broken = run_cancelled(loop, send_away(other.executor(), of, live_for_ever(of), alive_after),
                                    [&] { return of.begun.load(); });

  BOOST_REQUIRE(broken);
  BOOST_CHECK(broken->code() == errc::cancelled);
  BOOST_TEST(of.cancelled);
  BOOST_TEST(alive_after == 0);
}

BOOST_AUTO_TEST_CASE(cancelled_at_any_turn_it_never_outlives_its_caller) {
  loop_thread other;
  for (int turn = 0; turn < 200; ++turn) {
    fate of;
    int alive_after = 0;
    asio::io_context loop(1);
    const auto broken = run_cancelled(loop, send_away(other.executor(), of, live(of, 5), alive_after),
                                      [&, now = 0]() mutable { return now++ == turn % 8; });
    BOOST_TEST_CONTEXT("turn " << turn) {
      if (broken) BOOST_CHECK(broken->code() == errc::cancelled);
      BOOST_TEST(alive_after <= 0);
      BOOST_TEST(of.alive == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(work_that_ignores_the_cancellation_is_waited_for) {
  loop_thread other;
  fate of;
  auto stubborn = [&]() -> task<int> {
    const inhabitant self(of);
    of.begun = true;
    try {
      co_await stall();
    } catch (const failed&) {
    }
    co_return 7;
  };
  int got = 0;
  auto caller = [&]() -> task<> { got = co_await run_on(other.executor(), stubborn()); };
  asio::io_context loop(1);

  const auto broken = run_cancelled(loop, caller(), [&] { return of.begun.load(); });

  BOOST_TEST(!broken);
  BOOST_TEST(got == 7);
}

BOOST_AUTO_TEST_CASE(after_it_the_caller_can_still_be_cancelled) {
  loop_thread other;
  fate of;
  bool returned = false;
  auto caller = [&]() -> task<> {
    co_await run_on(other.executor(), live(of, 1));
    returned = true;
    co_await stall();
  };
  asio::io_context loop(1);

  const auto broken = run_cancelled(loop, caller(), [&] { return returned; });

  BOOST_REQUIRE(broken);
  BOOST_CHECK(broken->code() == errc::cancelled);
}

BOOST_AUTO_TEST_CASE(a_failure_here_ends_the_work_there) {
  loop_thread other;
  fate of;
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(run_on(other.executor(), live_for_ever(of)));
    co_await children.start(run_on(other.executor(), live_for_ever(of)));
    co_await children.start(run_on(other.executor(), fail_with(errc::forbidden, 2)));
  };
  BOOST_CHECK_EXCEPTION(run_task(nursery::run(8, body)), failed,
                        [](const failed& broken) { return broken.why().code() == errc::forbidden; });
  BOOST_TEST(of.cancelled);
  BOOST_TEST(of.alive == 0);
}

BOOST_AUTO_TEST_CASE(many_at_once_on_several_threads_all_come_back) {
  loop_thread first, second, third;
  const std::vector<asio::any_io_executor> threads{first.executor(), second.executor(), third.executor()};
  fate of;
  int back = 0;
  auto one = [&](std::size_t n) -> task<> {
    co_await run_on(threads[n % threads.size()], live(of, static_cast<unsigned>(n % 7)));
    ++back;
  };
  auto body = [&](nursery& children) -> task<> {
    for (std::size_t n = 0; n < 500; ++n) co_await children.start(one(n));
  };
  run_task(nursery::run(40, body));
  BOOST_TEST(back == 500);
  BOOST_TEST(of.alive == 0);
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/byte_budget.hpp"

#include <array>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <thread>
#include <type_traits>

#include "engine/loop_thread.hpp"
#include "engine/nursery.hpp"
#include "engine/run_on.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

static_assert(!std::is_copy_constructible_v<lease> && std::is_nothrow_move_constructible_v<lease>);

namespace byte_budget_test {

task<> give_way(unsigned turns) {
  for (unsigned n = 0; n < turns; ++n) co_await asio::post(asio::use_awaitable);
}

task<> take_and_note(byte_budget& budget, byte_count amount, std::string& order, char name, unsigned turns) {
  const lease held = co_await budget.take(amount);
  order += name;
  co_await give_way(turns);
}

}  // namespace byte_budget_test

BOOST_AUTO_TEST_SUITE(byte_budget_test)

BOOST_AUTO_TEST_CASE(a_lease_counts_until_it_is_destroyed) {
  byte_budget budget(100_B);
  {
    auto first = budget.try_take(60_B);
    BOOST_REQUIRE(first);
    lease moved = std::move(*first);
    BOOST_TEST(moved.amount().value() == 60u);
    BOOST_TEST(budget.in_use().value() == 60u);
    BOOST_TEST(!budget.try_take(41_B));
    moved = lease();
    BOOST_TEST(budget.in_use().value() == 0u);
  }
  BOOST_TEST(budget.in_use().value() == 0u);
  BOOST_TEST(budget.peak().value() == 60u);
}

BOOST_AUTO_TEST_CASE(shrinking_gives_back_the_difference) {
  byte_budget budget(100_B);
  auto held = budget.try_take(100_B);
  held->shrink_to(30_B);
  BOOST_TEST(budget.in_use().value() == 30u);
  held.reset();
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(more_than_the_total_fails_at_once) {
  byte_budget budget(100_B);
  const auto held = budget.try_take(100_B);
  try {
    run_task(budget.take(101_B));
    BOOST_ERROR("was granted");
  } catch (const failed& thrown) {
    BOOST_CHECK(thrown.why().code() == errc::budget_exceeded);
  }
}

BOOST_AUTO_TEST_CASE(waiters_are_served_in_order_and_a_large_one_is_not_overtaken) {
  byte_budget budget(100_B);
  std::string order;
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(take_and_note(budget, 60_B, order, 'a', 3));
    co_await children.start(take_and_note(budget, 100_B, order, 'b', 1));  // waits for all
    co_await children.start(take_and_note(budget, 10_B, order, 'c', 1));   // would fit beside a
    co_await children.start(take_and_note(budget, 10_B, order, 'd', 1));
  };
  run_task(nursery::run(8, body));
  BOOST_TEST(order == "abcd");
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(try_take_does_not_overtake_who_waits) {
  byte_budget budget(100_B);
  auto held = budget.try_take(60_B);
  std::string order;
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(take_and_note(budget, 50_B, order, 'a', 0));
    BOOST_TEST(!budget.try_take(10_B));
    held.reset();
  };
  run_task(nursery::run(8, body));
  BOOST_TEST(order == "a");
  BOOST_TEST(budget.try_take(100_B).has_value());
}

BOOST_AUTO_TEST_CASE(shrinking_lets_waiters_in) {
  byte_budget budget(100_B);
  auto held = budget.try_take(100_B);
  std::string order;
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(take_and_note(budget, 50_B, order, 'a', 0));
    held->shrink_to(50_B);
  };
  run_task(nursery::run(8, body));
  BOOST_TEST(order == "a");
}

BOOST_AUTO_TEST_CASE(a_cancelled_waiter_takes_nothing_and_frees_the_way) {
  byte_budget budget(100_B);
  const auto held = budget.try_take(60_B);
  std::string order;
  asio::io_context loop(1);
  spawned_task large(loop, take_and_note(budget, 90_B, order, 'a', 0));
  spawned_task behind(loop, take_and_note(budget, 40_B, order, 'b', 0));
  loop.poll();
  BOOST_TEST(order == "");

  large.cancel();
  loop.poll();

  BOOST_REQUIRE(large.broken());
  BOOST_CHECK(large.broken()->code() == errc::cancelled);
  BOOST_TEST(order == "b");
  BOOST_TEST(budget.in_use().value() == 60u);
}

BOOST_AUTO_TEST_CASE(cancelled_in_the_moment_it_is_served_it_keeps_nothing) {
  byte_budget budget(100_B);
  auto held = budget.try_take(60_B);
  std::string order;
  asio::io_context loop(1);
  spawned_task waiter(loop, take_and_note(budget, 90_B, order, 'a', 5));
  loop.poll();

  held.reset();
  waiter.cancel();
  loop.poll();

  BOOST_REQUIRE(waiter.broken());
  BOOST_CHECK(waiter.broken()->code() == errc::cancelled);
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_waiter_whose_loop_dies_keeps_nothing) {
  byte_budget budget(100_B);
  auto held = budget.try_take(100_B);
  std::string order;
  {
    asio::io_context loop(1);
    spawned_task first(loop, take_and_note(budget, 10_B, order, 'a', 0));
    spawned_task second(loop, take_and_note(budget, 100_B, order, 'b', 0));
    loop.poll();
    held.reset();  // the first is served, but never runs again
    BOOST_TEST(budget.in_use().value() == 10u);
  }
  BOOST_TEST(budget.in_use().value() == 0u);
  BOOST_TEST(budget.try_take(100_B).has_value());
}

BOOST_AUTO_TEST_CASE(the_total_is_never_exceeded_and_everybody_is_served) {
  byte_budget budget(1000_B);
  std::mt19937 random(7);
  std::string order;
  auto body = [&](nursery& children) -> task<> {
    for (int n = 0; n < 300; ++n) {
      const byte_count amount(random() % 1001);
      const auto turns = static_cast<unsigned>(random() % 4);
      co_await children.start(take_and_note(budget, amount, order, 'x', turns));
    }
  };
  run_task(nursery::run(20, body));
  BOOST_TEST(order.size() == 300u);
  BOOST_TEST(budget.in_use().value() == 0u);
  BOOST_TEST(budget.peak().value() <= 1000u);
}

BOOST_AUTO_TEST_CASE(who_waits_goes_on_where_it_waited) {
  byte_budget budget(100_B);
  auto held = budget.try_take(100_B);
  loop_thread other, third;
  std::thread::id before, after;
  auto waits = [&]() -> task<> {
    before = std::this_thread::get_id();
    asio::post(third.executor(), [&] { held.reset(); });
    const lease mine = co_await budget.take(50_B);
    after = std::this_thread::get_id();
  };

  run_task(run_on(other.executor(), waits()));

  third.finish();
  BOOST_TEST((before == after));
  BOOST_TEST((after != std::this_thread::get_id()));
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(many_threads_never_take_more_than_the_total_and_all_are_served) {
  constexpr std::uint64_t total = 1000;
  byte_budget budget{byte_count(total)};
  std::array<loop_thread, 4> threads;
  std::atomic<std::uint64_t> taken{0}, most{0};
  std::atomic<unsigned> served{0};
  auto one = [&](byte_count amount, unsigned turns) -> task<> {
    lease held = co_await budget.take(amount);
    const std::uint64_t now = taken += amount.value();
    std::uint64_t known = most;
    while (now > known && !most.compare_exchange_weak(known, now)) {
    }
    co_await give_way(turns);
    ++served;
    taken -= amount.value();
  };
  auto all_of_one_thread = [&](std::uint32_t seed) -> task<> {
    std::mt19937 random(seed);
    auto body = [&](nursery& children) -> task<> {
      for (int n = 0; n < 500; ++n) {
        const byte_count amount(random() % (total + 1));
        const auto turns = static_cast<unsigned>(random() % 4);
        co_await children.start(one(amount, turns));
      }
    };
    co_await nursery::run(20, body);
  };
  auto everywhere = [&](nursery& children) -> task<> {
    for (std::size_t n = 0; n < threads.size(); ++n) {
      co_await children.start(run_on(threads[n].executor(), all_of_one_thread(static_cast<std::uint32_t>(n))));
    }
  };

  run_task(nursery::run(threads.size(), everywhere));

  BOOST_TEST(served == 2000u);
  BOOST_TEST(most <= total);
  BOOST_TEST(budget.peak().value() <= total);
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(those_who_are_cancelled_on_many_threads_leave_nothing_behind) {
  byte_budget budget(100_B);
  std::array<loop_thread, 3> threads;
  auto hold = [&](byte_count amount) -> task<> {
    const lease held = co_await budget.take(amount);
    co_await give_way(1);
  };
  auto one_thread = [&]() -> task<> {
    auto body = [&](nursery& children) -> task<> {
      for (std::uint64_t n = 0; n < 10'000; ++n) co_await children.start(hold(byte_count(1 + n % 100)));
    };
    co_await nursery::run(10, body);
  };
  auto everywhere = [&](nursery& children) -> task<> {
    for (loop_thread& each : threads) co_await children.start(run_on(each.executor(), one_thread()));
    co_await sleep_for(std::chrono::milliseconds(5));
    throw failed(failure(errc::server_failed));
  };
  for (int round = 0; round < 20; ++round) {
    BOOST_CHECK_THROW(run_task(nursery::run(threads.size(), everywhere)), failed);
    BOOST_TEST(budget.in_use().value() == 0u);
  }
  BOOST_TEST(budget.try_take(100_B).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

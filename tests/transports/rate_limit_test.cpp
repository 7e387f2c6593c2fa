#include "transports/rate_limit.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "tests/support/manual_clock.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace rate_limit_test {

struct fixture {
  manual_clock clock;

  static task<> take_often(rate_limit& limit, unsigned times, std::uint64_t amount) {
    for (unsigned n = 0; n < times; ++n) co_await limit.take(amount);
  }
};

}  // namespace rate_limit_test

BOOST_FIXTURE_TEST_SUITE(rate_limit_test, fixture)

BOOST_AUTO_TEST_CASE(without_a_rate_nobody_waits_and_all_is_counted) {
  for (const std::optional<double> none : {std::optional<double>(), std::optional<double>(0.0)}) {
    rate_limit limit(none, &clock);
    BOOST_TEST(!limit.per_second().has_value());
    run_task(take_often(limit, 100, 1'000'000));
    BOOST_TEST(limit.taken() == 100'000'000u);
  }
  BOOST_TEST(clock.sleeps == 0u);
}

BOOST_AUTO_TEST_CASE(what_passes_takes_as_long_as_the_rate_says) {
  rate_limit limit(1000, &clock);
  run_task(take_often(limit, 50, 100));
  // The first slot is the slack's, and nobody waits behind the last one.
  BOOST_TEST(clock.seconds() == 4.8, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(what_was_not_used_is_not_kept) {
  rate_limit limit(1000, &clock);
  run_task(take_often(limit, 1, 100));
  clock.advance(1h);
  const double before = clock.seconds();
  run_task(take_often(limit, 50, 100));
  BOOST_TEST(clock.seconds() - before == 4.8, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(all_who_take_share_one_rate) {
  rate_limit limit(1000, &clock);
  asio::io_context loop(1);
  std::vector<std::unique_ptr<spawned_task>> takers;
  for (int n = 0; n < 5; ++n) takers.push_back(std::make_unique<spawned_task>(loop, take_often(limit, 10, 100)));
  loop.run();
  for (const auto& each : takers) BOOST_TEST(each->done());
  BOOST_TEST(limit.taken() == 5000u);
  BOOST_TEST(clock.seconds() >= 4.7);
}

BOOST_AUTO_TEST_CASE(who_waits_goes_by_a_new_rate) {
  rate_limit limit(1, &clock);
  clock.meanwhile = [&] {
    if (clock.sleeps == 3) limit.set_rate(1000);
  };
  run_task(take_often(limit, 11, 100));  // at one a second, a thousand seconds
  BOOST_TEST(limit.per_second().value() == 1000);
  BOOST_TEST(clock.seconds() < 3);
}

BOOST_AUTO_TEST_CASE(who_waits_goes_on_when_the_limit_is_lifted) {
  rate_limit limit(1, &clock);
  clock.meanwhile = [&] { limit.set_rate(std::nullopt); };
  run_task(take_often(limit, 11, 100));
  BOOST_TEST(clock.sleeps == 1u);
  BOOST_CHECK(clock.now() - clock.start <= rate_limit::notice);
}

BOOST_AUTO_TEST_CASE(a_wait_can_be_cancelled) {
  rate_limit limit(0.001);
  asio::io_context loop(1);
  const auto broken = run_cancelled(loop, take_often(limit, 2, 1), [] { return false; });
  BOOST_REQUIRE(broken);
  BOOST_CHECK(broken->code() == errc::cancelled);
}

BOOST_AUTO_TEST_CASE(threads_take_and_change_at_once) {
  rate_limit limit(1e9);
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) threads.emplace_back([&] { run_task(take_often(limit, 1000, 1)); });
  for (int n = 0; n < 100; ++n) limit.set_rate(1e9 + n);
  for (std::thread& each : threads) each.join();
  BOOST_TEST(limit.taken() == 4000u);
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/patience.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace patience_test {

constexpr retry_policy quick{.retries = 3, .first_wait = 1us, .longest_wait = 2us};

struct fixture {
  event_recorder seen;
  std::uint64_t retries = 0;
  patience retry{quick, seen, retries, 1};
  unsigned calls = 0;
};

}  // namespace patience_test

BOOST_FIXTURE_TEST_SUITE(patience_test, fixture)

BOOST_AUTO_TEST_CASE(what_succeeds_at_once_is_done_once) {
  auto op = [&]() -> task<int> {
    ++calls;
    co_return 7;
  };
  BOOST_TEST(run_task(retry.persist("op", op)) == 7);
  BOOST_TEST(calls == 1u);
  BOOST_TEST(retries == 0u);
}

BOOST_AUTO_TEST_CASE(a_transient_failure_is_tried_again_and_told) {
  auto op = [&]() -> task<int> {
    if (++calls <= 3) throw failed(failure(errc::server_failed));
    co_return 7;
  };
  BOOST_TEST(run_task(retry.persist("op", op)) == 7);
  BOOST_TEST(retries == 3u);
  const auto told = seen.all<event::retrying>();
  BOOST_REQUIRE(told.size() == 3u);
  BOOST_TEST(told[2].failures_so_far == 3u);
  BOOST_TEST(told[2].what == "op");
}

BOOST_AUTO_TEST_CASE(the_last_failure_is_thrown) {
  auto op = [&]() -> task<> {
    ++calls;
    throw failed(failure(errc::server_failed).detail(std::to_string(calls)));
    co_return;
  };
  BOOST_CHECK_EXCEPTION(run_task(retry.persist("op", op)), failed,
                        [](const failed& thrown) { return thrown.why().detail() == "4"; });
  BOOST_TEST(calls == 4u);
}

BOOST_AUTO_TEST_CASE(a_stranger_out_of_reach_is_left_while_one_that_is_known_is_waited_for) {
  patience longer({.retries = 6, .first_wait = 1us, .longest_wait = 2us}, seen, retries, 1);
  auto op = [&]() -> task<> {
    ++calls;
    throw failed(failure(errc::cannot_connect));
    co_return;
  };
  BOOST_CHECK_THROW(run_task(longer.persist_as_stranger("op", op)), failed);
  BOOST_TEST(calls == 1 + retries_at_first_contact);
  calls = 0;
  BOOST_CHECK_THROW(run_task(longer.persist("op", op)), failed);
  BOOST_TEST(calls == 7u);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_believed) {
  auto op = [&]() -> task<> {
    ++calls;
    throw failed(failure(errc::forbidden));
    co_return;
  };
  BOOST_CHECK_THROW(run_task(retry.persist("op", op)), failed);
  BOOST_TEST(calls == 1u);
}

BOOST_AUTO_TEST_CASE(at_once_counts_like_a_wait) {
  BOOST_TEST(retry.at_once("op", 3, failure(errc::forbidden)));
  BOOST_TEST(!retry.at_once("op", 4, failure(errc::forbidden)));
  BOOST_TEST(retries == 1u);
  BOOST_TEST(seen.count<event::retrying>() == 1u);
}

BOOST_AUTO_TEST_CASE(a_wait_can_be_cancelled) {
  constexpr retry_policy slow{.retries = 3, .first_wait = 1h, .longest_wait = 1h};
  patience patient(slow, seen, retries, 1);
  auto op = [&]() -> task<> {
    throw failed(failure(errc::server_failed));
    co_return;
  };
  asio::io_context loop(1);
  const auto broken = run_cancelled(loop, patient.persist("op", op), [&] { return retries == 1; });
  BOOST_REQUIRE(broken);
  BOOST_CHECK(broken->code() == errc::cancelled);
}

BOOST_AUTO_TEST_CASE(a_side_that_asks_one_to_wait_is_left_alone_by_all) {
  const failure busy = failure(errc::rate_limited).blame(side::source);
  retry.heard(event::retrying{"lfs", 1, 60ms, busy});
  BOOST_TEST(retries == 1u);
  BOOST_REQUIRE(seen.count<event::throttled>() == 1u);
  BOOST_CHECK(seen.all<event::throttled>()[0].who == side::source);
  const auto began = std::chrono::steady_clock::now();
  run_task(retry.turn(side::target));
  BOOST_CHECK(std::chrono::steady_clock::now() - began < 50ms);
  run_task(retry.turn(side::source));
  BOOST_CHECK(std::chrono::steady_clock::now() - began >= 60ms);
}

BOOST_AUTO_TEST_CASE(a_failure_of_one_request_holds_nobody_back) {
  retry.heard(event::retrying{"lfs", 1, 1h, failure(errc::connection_lost).blame(side::source)});
  BOOST_TEST(seen.count<event::throttled>() == 0u);
  run_task(retry.turn(side::source));
}

BOOST_AUTO_TEST_SUITE_END()

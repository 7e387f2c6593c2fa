#include "engine/nursery.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace nursery_test {

/// Alive as long as a child's frame is.
struct census {
  int alive = 0;
  int most = 0;
  int finished = 0;
  int cancelled = 0;
};

class inhabitant {
 public:
  explicit inhabitant(census& in) : in_(in) { in_.most = std::max(in_.most, ++in_.alive); }
  inhabitant(const inhabitant&) = delete;
  inhabitant& operator=(const inhabitant&) = delete;
  ~inhabitant() { --in_.alive; }

 private:
  census& in_;
};

task<> live(census& all, unsigned turns) {
  const inhabitant self(all);
  for (unsigned n = 0; n < turns; ++n) co_await asio::post(asio::use_awaitable);
  ++all.finished;
}

task<> live_for_ever(census& all) {
  const inhabitant self(all);
  try {
    co_await stall();
  } catch (const failed&) {
    ++all.cancelled;
    throw;
  }
}

task<> fail_after(unsigned turns, errc code) {
  for (unsigned n = 0; n < turns; ++n) co_await asio::post(asio::use_awaitable);
  throw failed(failure(code));
}

errc code_of(task<> work) {
  try {
    run_task(std::move(work));
  } catch (const failed& thrown) {
    return thrown.why().code();
  }
  BOOST_FAIL("did not fail");
  return errc::internal;
}

}  // namespace nursery_test

BOOST_AUTO_TEST_SUITE(nursery_test)

BOOST_AUTO_TEST_CASE(run_returns_when_every_child_has_ended) {
  census all;
  auto body = [&](nursery& children) -> task<> {
    for (unsigned n = 0; n < 10; ++n) co_await children.start(live(all, n));
  };
  run_task(nursery::run(100, body));
  BOOST_TEST(all.finished == 10);
  BOOST_TEST(all.alive == 0);
}

BOOST_AUTO_TEST_CASE(a_body_without_children_ends) {
  bool ran = false;
  auto body = [&](nursery&) -> task<> {
    ran = true;
    co_return;
  };
  run_task(nursery::run(1, body));
  BOOST_TEST(ran);
}

BOOST_AUTO_TEST_CASE(no_more_than_the_width_run_at_once) {
  for (const int width : {1, 2, 7}) {
    census all;
    auto body = [&](nursery& children) -> task<> {
      for (unsigned n = 0; n < 50; ++n) co_await children.start(live(all, n % 5));
    };
    run_task(nursery::run(static_cast<std::size_t>(width), body));
    BOOST_TEST_CONTEXT(width) {
      BOOST_TEST(all.finished == 50);
      BOOST_TEST(all.most == width);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_first_failure_cancels_the_others_and_is_thrown) {
  census all;
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(live_for_ever(all));
    co_await children.start(fail_after(2, errc::server_failed));
    co_await children.start(fail_after(3, errc::not_found));
    co_await children.start(live_for_ever(all));
  };
  BOOST_CHECK(code_of(nursery::run(8, body)) == errc::server_failed);
  BOOST_TEST(all.cancelled == 2);
  BOOST_TEST(all.alive == 0);
}

BOOST_AUTO_TEST_CASE(a_child_that_fails_without_suspending_is_a_failure_like_any) {
  census all;
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(live_for_ever(all));
    co_await children.start(fail_after(0, errc::forbidden));
    co_await stall();
  };
  BOOST_CHECK(code_of(nursery::run(8, body)) == errc::forbidden);
  BOOST_TEST(all.alive == 0);
}

BOOST_AUTO_TEST_CASE(a_failure_reaches_a_body_that_waits_for_something_else) {
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(fail_after(2, errc::server_failed));
    co_await stall();
  };
  BOOST_CHECK(code_of(nursery::run(8, body)) == errc::server_failed);
}

BOOST_AUTO_TEST_CASE(a_failure_reaches_a_body_that_waits_for_a_place) {
  census all;
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(live_for_ever(all));
    co_await children.start(fail_after(2, errc::server_failed));
    co_await children.start(live(all, 0));
  };
  BOOST_CHECK(code_of(nursery::run(2, body)) == errc::server_failed);
  BOOST_TEST(all.finished == 0);
  BOOST_TEST(all.alive == 0);
}

BOOST_AUTO_TEST_CASE(the_bodys_failure_cancels_the_children) {
  census all;
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(live_for_ever(all));
    throw failed(failure(errc::bad_batch_reply));
  };
  BOOST_CHECK(code_of(nursery::run(8, body)) == errc::bad_batch_reply);
  BOOST_TEST(all.cancelled == 1);
}

BOOST_AUTO_TEST_CASE(a_failure_during_cleanup_does_not_replace_the_first) {
  auto stubborn = [&]() -> task<> {
    try {
      co_await stall();
    } catch (const failed&) {
    }
    throw failed(failure(errc::internal));
  };
  auto body = [&](nursery& children) -> task<> {
    co_await children.start(stubborn());
    co_await children.start(fail_after(1, errc::rate_limited));
  };
  BOOST_CHECK(code_of(nursery::run(8, body)) == errc::rate_limited);
}

BOOST_AUTO_TEST_CASE(an_exception_that_is_not_ours_arrives_too) {
  auto body = [&](nursery&) -> task<> {
    throw std::bad_alloc();
    co_return;
  };
  BOOST_CHECK_THROW(run_task(nursery::run(1, body)), std::bad_alloc);
}

BOOST_AUTO_TEST_CASE(cancelling_the_parent_at_any_turn_ends_every_child) {
  for (int turn = 0; turn < 30; ++turn) {
    census all;
    bool outlived = false;
    auto inner = [&](nursery& children) -> task<> {
      for (unsigned n = 0; n < 4; ++n) co_await children.start(live(all, n));
      co_await children.start(live_for_ever(all));
    };
    auto body = [&](nursery& children) -> task<> {
      co_await children.start(live_for_ever(all));
      co_await children.start(nursery::run(2, inner));
    };
    auto parent = [&]() -> task<> {
      try {
        co_await nursery::run(2, body);
      } catch (const failed&) {
        outlived = all.alive != 0;
        throw;
      }
    };
    asio::io_context loop(1);
    const auto broken = run_cancelled(loop, parent(), [&, now = 0]() mutable { return now++ == turn; });
    BOOST_TEST_CONTEXT("turn " << turn) {
      BOOST_REQUIRE(broken);
      BOOST_CHECK(broken->code() == errc::cancelled);
      BOOST_TEST(!outlived);
      BOOST_TEST(all.alive == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(after_a_run_the_parent_can_still_be_cancelled) {
  bool returned = false;
  auto body = [&](nursery&) -> task<> { co_return; };
  auto parent = [&]() -> task<> {
    co_await nursery::run(1, body);
    returned = true;
    co_await stall();
  };
  asio::io_context loop(1);
  const auto broken = run_cancelled(loop, parent(), [&] { return returned; });
  BOOST_REQUIRE(broken);
  BOOST_CHECK(broken->code() == errc::cancelled);
}

BOOST_AUTO_TEST_SUITE_END()

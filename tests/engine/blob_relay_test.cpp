#include "engine/blob_relay.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "engine/blob_plan.hpp"
#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace blob_relay_test {

/// One object between two fakes. The largest buffer is far below the object, so that it goes in many pieces.
struct fixture {
  fake_world world;
  event_recorder seen;
  byte_budget budget{1_MiB};
  relay_terms terms{byte_count(1000)};
  std::string bytes = some_bytes(10'500, 5);
  lfs_object blob = world.source_blobs.add(bytes);

  fixture() {
    world.source_blobs.read_size = 300;
    terms.resume.waits = {.retries = 3, .first_wait = std::chrono::microseconds(10)};
  }

  task<> relay() {
    const std::vector<lfs_object> one(1, blob);
    auto located = co_await world.source_blobs.locate(one);
    auto missing = co_await world.target_blobs.missing(one);
    const blob_route route{located.front(), missing.front()};
    const blob_ends ends{world.source_blobs, world.target_blobs};
    co_await relay_blob(ends, route, terms, budget, seen);
  }

  std::optional<failure> broken() {
    try {
      run_task(relay());
    } catch (const failed& thrown) {
      return thrown.why();
    }
    return std::nullopt;
  }

  void misbehave(source_misdeed misdeed) { world.source_blobs.misdeeds.insert_or_assign(blob.oid, std::move(misdeed)); }
  void misbehave(target_misdeed misdeed) { world.target_blobs.misdeeds.insert_or_assign(blob.oid, std::move(misdeed)); }
  bool is_visible() const { return world.target_blobs.visible.contains(blob.oid); }
};

using source_kind = source_misdeed::kind;
using target_kind = target_misdeed::kind;

}  // namespace blob_relay_test

BOOST_FIXTURE_TEST_SUITE(blob_relay_test, fixture)

BOOST_AUTO_TEST_CASE(a_blob_arrives_whole) {
  for (const std::size_t size : {0U, 1U, 999U, 1000U, 1001U, 4096U, 10'000U}) {
    bytes = some_bytes(size, 9);
    blob = world.source_blobs.add(bytes);
    run_task(relay());
    BOOST_TEST_CONTEXT(size << " bytes") {
      BOOST_TEST((world.target_blobs.visible.at(blob.oid) == bytes));
      BOOST_TEST(budget.in_use().value() == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_lease_is_the_buffer_and_the_two_connections) {
  run_task(relay());
  BOOST_TEST(budget.peak().value() == 1000u + connection_allowance.value());
}

BOOST_AUTO_TEST_CASE(what_the_target_needs_for_an_object_is_leased_with_it) {
  world.target_blobs.needs_beside = byte_count(5000);
  run_task(relay());
  BOOST_TEST(budget.peak().value() == 6000u + connection_allowance.value());
}

BOOST_AUTO_TEST_CASE(nothing_is_opened_before_its_memory_is_there) {
  const auto held = budget.try_take(1_MiB - 1_B);
  asio::io_context loop(1);
  const auto broken = run_cancelled(loop, relay(), [] { return false; });
  BOOST_REQUIRE(broken);
  BOOST_CHECK(broken->code() == errc::cancelled);
  BOOST_TEST(world.source_blobs.opened == 0u);
  BOOST_REQUIRE(seen.events.size() == 1u);
  BOOST_TEST(std::holds_alternative<event::blob_waits_for_memory>(seen.events.front()));
}

BOOST_AUTO_TEST_CASE(its_events_count_up_to_the_size_and_finalising_is_last) {
  run_task(relay());
  BOOST_REQUIRE(!seen.events.empty());
  BOOST_TEST(std::holds_alternative<event::blob_started>(seen.events.front()));
  BOOST_TEST(std::holds_alternative<event::blob_finalising>(seen.events.back()));
  const auto progress = seen.all<event::blob_progress>();
  BOOST_TEST(progress.size() > 11u);
  BOOST_TEST(progress.back().sent.value() == blob.size.value());
  for (std::size_t n = 1; n < progress.size(); ++n) BOOST_TEST((progress[n - 1].sent < progress[n].sent));
}

BOOST_AUTO_TEST_CASE(a_limit_holds_back_what_leaves_and_changes_nothing_else) {
  manual_clock clock;
  rate_limit pace(1000, &clock);
  terms.pace = &pace;
  run_task(relay());
  BOOST_TEST((world.target_blobs.visible.at(blob.oid) == bytes));
  BOOST_TEST(pace.taken() == bytes.size());
  BOOST_TEST(clock.seconds() >= 10.1);
  BOOST_TEST(clock.seconds() <= 10.5);
  const auto progress = seen.all<event::blob_progress>();
  for (std::size_t n = 1; n < progress.size(); ++n)
    BOOST_TEST((progress[n].sent - progress[n - 1].sent <= byte_count(256)));
  BOOST_CHECK(progress.back().waited.for_limit == clock.now() - clock.start);
}

BOOST_AUTO_TEST_CASE(a_wrong_byte_anywhere_never_becomes_visible) {
  for (std::uint64_t at = 0; at < bytes.size(); at += 499) {
    misbehave(source_misdeed{.what = source_kind::flip, .at = at});
    const auto why = broken();
    BOOST_TEST_CONTEXT("byte " << at) {
      BOOST_REQUIRE(why);
      BOOST_CHECK(why->code() == errc::digest_mismatch);
      BOOST_CHECK(why->blamed() == side::source);
      BOOST_TEST(!is_visible());
      BOOST_TEST(world.target_blobs.received[blob.oid] < bytes.size());
      BOOST_TEST(budget.in_use().value() == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_truncated_blob_is_a_size_mismatch) {
  for (std::uint64_t at = 0; at < bytes.size(); at += 499) {
    misbehave(source_misdeed{.what = source_kind::end_early, .at = at});
    const auto why = broken();
    BOOST_TEST_CONTEXT("ends at " << at) {
      BOOST_REQUIRE(why);
      BOOST_CHECK(why->code() == errc::size_mismatch);
      BOOST_TEST(!is_visible());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_longer_blob_is_a_size_mismatch_and_a_small_one_sends_nothing) {
  bytes = some_bytes(700, 9);
  blob = world.source_blobs.add(bytes);
  misbehave(source_misdeed{.what = source_kind::run_over});
  const auto why = broken();
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::size_mismatch);
  BOOST_TEST(!world.target_blobs.received.contains(blob.oid));
}

BOOST_AUTO_TEST_CASE(a_failing_source_is_to_blame_although_the_target_was_reading) {
  for (std::uint64_t at = 0; at < bytes.size(); at += 250) {
    misbehave(source_misdeed{.what = source_kind::break_off, .at = at});
    const auto why = broken();
    BOOST_TEST_CONTEXT("breaks at " << at) {
      BOOST_REQUIRE(why);
      BOOST_CHECK(why->code() == errc::connection_lost);
      BOOST_CHECK(why->blamed() == side::source);
      BOOST_TEST(!is_visible());
      BOOST_TEST(budget.in_use().value() == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_failing_target_is_to_blame) {
  for (std::uint64_t at = 0; at < bytes.size(); at += 250) {
    misbehave(target_misdeed{.what = target_kind::break_off, .at = at, .with = failure(errc::server_failed)});
    const auto why = broken();
    BOOST_TEST_CONTEXT("breaks at " << at) {
      BOOST_REQUIRE(why);
      BOOST_CHECK(why->code() == errc::server_failed);
      BOOST_CHECK(why->blamed() == side::target);
      BOOST_TEST(!is_visible());
      BOOST_TEST(world.source_blobs.open_now == 0u);
      BOOST_TEST(budget.in_use().value() == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_answer_before_the_last_byte_is_no_success) {
  class hasty_target final : public blob_target {
   public:
    task<std::vector<lfs::batch_entry>> missing(std::vector<lfs_object>) override { co_return answer; }
    task<> put(const lfs::batch_entry&, chunk_source& body, const std::function<void()>&) override {
      co_await body.next();
    }
    byte_count working_memory(const lfs::batch_entry&) const override { return {}; }
    std::vector<lfs::batch_entry> answer;
  } hasty;
  const lfs::batch_entry entry{blob, {}, {}, {}, {}};
  const blob_route route{entry, entry};
  const blob_ends ends{world.source_blobs, hasty};
  BOOST_CHECK_EXCEPTION(run_task(relay_blob(ends, route, terms, budget, seen)), failed,
                        [](const failed& thrown) { return thrown.why().cause() == cause::transient; });
}

BOOST_AUTO_TEST_CASE(a_failure_at_any_step_leaves_nothing_behind) {
  for (std::size_t step = 0;; ++step) {
    fixture fresh;
    fresh.world.steps.fail_at = step;
    fresh.terms.resume.waits.retries = 0;
    const auto why = fresh.broken();
    if (!fresh.world.steps.struck()) {
      BOOST_TEST(!why);
      BOOST_TEST(step > 40u);
      break;
    }
    BOOST_TEST_CONTEXT("step " << step) {
      const bool behind_the_last_byte = step > 40 && fresh.is_visible();
      BOOST_TEST(why.has_value() != behind_the_last_byte);
      BOOST_TEST(fresh.is_visible() == behind_the_last_byte);
      BOOST_TEST(fresh.budget.in_use().value() == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cancellation_at_any_step_leaves_nothing_behind) {
  for (std::size_t step = 0;; ++step) {
    fixture fresh;
    fresh.world.steps.stall_at = step;
    asio::io_context loop(1);
    const auto why = run_cancelled(loop, fresh.relay(), [&] { return fresh.world.steps.struck(); });
    if (!fresh.world.steps.struck()) {
      BOOST_TEST(!why);
      break;
    }
    BOOST_TEST_CONTEXT("step " << step) {
      BOOST_REQUIRE(why);
      BOOST_CHECK(why->code() == errc::cancelled);
      BOOST_TEST(!fresh.is_visible());
      BOOST_TEST(fresh.world.source_blobs.open_now == 0u);
      BOOST_TEST(fresh.budget.in_use().value() == 0u);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/blob_shards.hpp"

#include <boost/test/unit_test.hpp>
#include <list>
#include <set>
#include <thread>

#include "engine/loop_thread.hpp"
#include "engine/nursery.hpp"
#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace blob_shards_test {

/// Notes on which thread events are told.
struct thread_recorder final : observer {
  event_recorder seen;
  std::set<std::thread::id> threads;
  void on(const any_event& happened) noexcept override {
    threads.insert(std::this_thread::get_id());
    seen.on(happened);
  }
};

/// One thread with ends of its own.
struct equipped_thread {
  fake_world world;
  loop_thread thread;
  blob_shard shard() { return {thread.executor(), world.source_blobs, world.target_blobs}; }
};

struct fixture {
  fake_world own;
  std::list<equipped_thread> others;
  byte_budget budget{16_MiB};
  thread_recorder seen;

  std::vector<blob_shard> shards() {
    std::vector<blob_shard> all;
    for (equipped_thread& each : others) all.push_back(each.shard());
    return all;
  }
  blob_ends own_ends() { return {own.source_blobs, own.target_blobs}; }

  /// The same object behind every thread's source.
  blob_route add(std::size_t size, unsigned seed) {
    const std::string bytes = some_bytes(size, seed);
    const lfs_object blob = own.source_blobs.add(bytes);
    for (equipped_thread& each : others) each.world.source_blobs.add(bytes);
    return {run_task(own.source_blobs.locate({blob})).front(), run_task(own.target_blobs.missing({blob})).front()};
  }
  std::size_t stored_by_others() const {
    std::size_t all = 0;
    for (const equipped_thread& each : others) all += each.world.target_blobs.visible.size();
    return all;
  }
};

}  // namespace blob_shards_test

BOOST_FIXTURE_TEST_SUITE(blob_shards_test, fixture)

BOOST_AUTO_TEST_CASE(the_first_of_the_least_loaded_is_chosen) {
  struct row {
    std::vector<unsigned> loads;
    std::size_t chosen;
  };
  const std::vector<row> rows{{{0}, 0},       {{9}, 0},       {{0, 0, 0}, 0},   {{1, 0, 0}, 1},
                              {{8, 8, 7}, 2}, {{8, 1, 1}, 1}, {{3, 3, 3, 2}, 3}};
  for (std::size_t n = 0; n < rows.size(); ++n) {
    BOOST_TEST_CONTEXT("row " << n) {
      BOOST_TEST(least_loaded(rows[n].loads) == rows[n].chosen);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_large_object_weighs_as_much_as_eight_small_ones) {
  BOOST_TEST(relay_weight(0_B) == 1u);
  BOOST_TEST(relay_weight(1023_KiB) == 1u);
  BOOST_TEST(relay_weight(1_MiB) == 8u);
  BOOST_TEST(relay_weight(1_GiB) == 8u);
}

BOOST_AUTO_TEST_CASE(without_other_threads_all_is_done_here) {
  const blob_route route = add(5000, 1);
  blob_shards alone(own_ends(), {});
  run_task(alone.relay(route, {64_KiB}, budget, seen));
  BOOST_TEST(own.target_blobs.visible.size() == 1u);
  BOOST_TEST(seen.seen.count<event::blob_started>() == 1u);
}

BOOST_AUTO_TEST_CASE(objects_are_spread_over_the_threads_and_told_of_here) {
  others.resize(2);
  std::vector<blob_route> routes;
  for (unsigned n = 0; n < 9; ++n) routes.push_back(add(1'100'000, n));
  blob_shards all(own_ends(), shards());
  auto body = [&](nursery& relays) -> task<> {
    const relay_terms terms{64_KiB};
    for (const blob_route& route : routes) co_await relays.start(all.relay(route, terms, budget, seen));
  };

  run_task(nursery::run(9, body));

  BOOST_TEST(own.target_blobs.visible.size() == 3u);
  for (const equipped_thread& each : others) BOOST_TEST(each.world.target_blobs.visible.size() == 3u);
  BOOST_TEST(seen.seen.count<event::blob_started>() == 9u);
  BOOST_TEST(seen.seen.count<event::blob_finalising>() == 9u);
  BOOST_TEST(seen.threads.size() == 1u);
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_thread_that_is_done_gets_the_next) {
  others.resize(1);
  blob_shards all(own_ends(), shards());
  for (unsigned n = 0; n < 4; ++n) {
    const blob_route route = add(2000, n);
    run_task(all.relay(route, {64_KiB}, budget, seen));
  }
  BOOST_TEST(own.target_blobs.visible.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_failure_there_is_the_relays) {
  others.resize(1);
  const blob_route held = add(2'000'000, 1);
  const blob_route broken = add(3'000'000, 2);
  own.target_blobs.misdeeds.insert_or_assign(held.to.object.oid,
                                             target_misdeed{.what = target_misdeed::kind::stall, .at = 1});
  others.front().world.source_blobs.misdeeds.insert_or_assign(
      broken.to.object.oid, source_misdeed{.what = source_misdeed::kind::flip, .at = 1'000'000});
  blob_shards all(own_ends(), shards());
  auto body = [&](nursery& relays) -> task<> {
    const relay_terms terms{64_KiB};
    co_await relays.start(all.relay(held, terms, budget, seen));
    co_await relays.start(all.relay(broken, terms, budget, seen));
  };

  BOOST_CHECK_EXCEPTION(run_task(nursery::run(2, body)), failed, [](const failed& thrown) {
    return thrown.why().code() == errc::digest_mismatch && thrown.why().blamed() == side::source;
  });
  BOOST_TEST(stored_by_others() == 0u);
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(cancelled_at_any_turn_nothing_is_visible_and_no_byte_is_kept) {
  others.resize(2);
  std::vector<blob_route> routes;
  for (unsigned n = 0; n < 3; ++n) routes.push_back(add(1'100'000, n));
  const auto stalls = target_misdeed{.what = target_misdeed::kind::stall, .at = 500'000};
  for (const blob_route& route : routes) {
    own.target_blobs.misdeeds.insert_or_assign(route.to.object.oid, stalls);
    for (equipped_thread& each : others) each.world.target_blobs.misdeeds.insert_or_assign(route.to.object.oid, stalls);
  }
  for (int turn = 0; turn < 100; turn += 3) {
    blob_shards all(own_ends(), shards());
    auto body = [&](nursery& relays) -> task<> {
      const relay_terms terms{64_KiB};
      for (const blob_route& route : routes) co_await relays.start(all.relay(route, terms, budget, seen));
    };
    asio::io_context loop(1);
    const auto broken = run_cancelled(loop, nursery::run(3, body), [&, now = 0]() mutable { return now++ == turn; });
    BOOST_TEST_CONTEXT("turn " << turn) {
      BOOST_REQUIRE(broken);
      BOOST_CHECK(broken->code() == errc::cancelled);
      BOOST_TEST(own.target_blobs.visible.size() + stored_by_others() == 0u);
      BOOST_TEST(budget.in_use().value() == 0u);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

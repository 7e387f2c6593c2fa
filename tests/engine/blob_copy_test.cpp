#include "engine/blob_copy.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "engine/blob_plan.hpp"
#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace blob_copy_test {

using source_kind = source_misdeed::kind;
using target_kind = target_misdeed::kind;

struct fixture {
  fake_world world;
  event_recorder seen;
  byte_budget budget{16_MiB};
  transfer_options options;
  std::uint64_t retries = 0;
  lfs_totals totals_so_far;
  std::vector<lfs_object> found;

  fixture() {
    options.transfers = 2;
    options.retries = {.retries = 3, .first_wait = 10us, .longest_wait = 20us};
  }

  lfs_object add(std::size_t size) {
    const lfs_object blob = world.source_blobs.add(some_bytes(size, static_cast<unsigned>(found.size()) + 1));
    found.push_back(blob);
    return blob;
  }
  void misbehave(const lfs_object& blob, source_misdeed misdeed) {
    world.source_blobs.misdeeds.insert_or_assign(blob.oid, std::move(misdeed));
  }
  void misbehave(const lfs_object& blob, target_misdeed misdeed) {
    world.target_blobs.misdeeds.insert_or_assign(blob.oid, std::move(misdeed));
  }
  bool is_visible(const lfs_object& blob) const { return world.target_blobs.visible.contains(blob.oid); }

  task<> copy() {
    return copy_blobs(world.source_blobs, world.target_blobs, found, options, budget, seen, retries, totals_so_far);
  }
  task<> copy_only() { return copy(); }
  lfs_totals copied() {
    run_task(copy());
    return totals_so_far;
  }
  failure broken() {
    try {
      run_task(copy());
    } catch (const failed& thrown) {
      return thrown.why();
    }
    BOOST_FAIL("did not fail");
    return failure();
  }
};

}  // namespace blob_copy_test

BOOST_FIXTURE_TEST_SUITE(blob_copy_test, fixture)

BOOST_AUTO_TEST_CASE(nothing_found_asks_nobody) {
  const lfs_totals totals = copied();
  BOOST_TEST(totals.objects == 0u);
  BOOST_TEST(world.steps.taken() == 0u);
}

BOOST_AUTO_TEST_CASE(everything_missing_arrives_once) {
  for (std::size_t n = 0; n < 20; ++n) add(n * 700);
  add(2'000'000);
  const lfs_totals totals = copied();
  BOOST_TEST(totals.objects == 21u);
  BOOST_TEST(totals.sent == 21u);
  BOOST_TEST(totals.sent_bytes.value() == totals.bytes.value());
  BOOST_TEST(world.target_blobs.order.size() == 21u);
  BOOST_TEST((world.target_blobs.visible == world.source_blobs.objects));
  BOOST_TEST(seen.count<event::blob_stored>() == 21u);
  BOOST_TEST(retries == 0u);
}

BOOST_AUTO_TEST_CASE(what_the_target_has_is_not_sent_again) {
  const lfs_object here = add(500);
  add(600);
  world.target_blobs.visible[here.oid] = world.source_blobs.objects[here.oid];
  const lfs_totals totals = copied();
  BOOST_TEST(totals.present == 1u);
  BOOST_TEST(totals.present_bytes.value() == 500u);
  BOOST_TEST(totals.sent == 1u);
  BOOST_TEST(world.source_blobs.opened == 1u);
  const auto told = seen.all<event::blobs_present>();
  BOOST_REQUIRE(!told.empty());
  BOOST_TEST(told.back().objects == 1u);
}

BOOST_AUTO_TEST_CASE(trap_13_questions_are_asked_in_batches_of_a_hundred_at_most) {
  for (std::size_t n = 0; n < 250; ++n) add(50 + n);
  const lfs_totals totals = copied();
  BOOST_TEST(totals.sent == 250u);
  const std::vector<std::size_t> expected{100, 100, 50};
  BOOST_TEST(world.target_blobs.batches == expected, boost::test_tools::per_element());
  BOOST_TEST(*std::ranges::max_element(world.source_blobs.batches) <= 100u);
}

BOOST_AUTO_TEST_CASE(small_objects_are_asked_for_before_those_under_way_are_done) {
  struct noting final : observer {
    fake_world& world;
    std::size_t asked_of_source = 0, asked_of_target = 0;
    explicit noting(fake_world& in) : world(in) {}
    void on(const any_event& happened) noexcept override {
      if (!std::holds_alternative<event::blob_stored>(happened) || asked_of_source != 0) return;
      for (const std::size_t count : world.source_blobs.batches) asked_of_source += count;
      for (const std::size_t count : world.target_blobs.batches) asked_of_target += count;
    }
  } at_first_stored(world);
  for (std::size_t n = 0; n < 250; ++n) add(50 + n);
  options.transfers = 1;  // and 12 small ones
  run_task(copy_blobs(world.source_blobs, world.target_blobs, found, options, budget, at_first_stored, retries,
                      totals_so_far));
  BOOST_TEST(totals_so_far.sent == 250u);
  BOOST_TEST(at_first_stored.asked_of_source >= 24u);
  BOOST_TEST(at_first_stored.asked_of_source <= 48u);  // their links would grow old
  BOOST_TEST(at_first_stored.asked_of_target == 100u);
}

BOOST_AUTO_TEST_CASE(large_objects_are_asked_for_when_none_waits) {
  for (std::size_t n = 0; n < 5; ++n) add(1'100'000 + n);
  options.transfers = 2;
  copied();
  const std::vector<std::size_t> expected{2, 2, 1};
  BOOST_TEST(world.source_blobs.batches == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_largest_goes_first_with_small_ones_beside_it) {
  add(1'200'000);
  const lfs_object largest = add(3'000'000);
  for (std::size_t n = 0; n < 30; ++n) add(100 + n);
  options.transfers = 1;
  copied();
  const auto started = seen.all<event::blob_started>();
  BOOST_REQUIRE(started.size() == 32u);
  const auto large = std::ranges::find_if(started, [](const auto& each) { return each.blob.size >= 1_MiB; });
  BOOST_TEST((large->blob == largest));
  BOOST_TEST(world.target_blobs.order.front().short_hex() != largest.oid.short_hex());
  BOOST_TEST(world.target_blobs.most_puts == 1u + 12u);
}

BOOST_AUTO_TEST_CASE(trap_15_the_ceiling_is_never_exceeded) {
  byte_budget small(1_MiB);
  for (std::size_t n = 0; n < 10; ++n) add(400'000 + n);
  for (std::size_t n = 0; n < 5; ++n) add(1'100'000 + n);
  lfs_totals totals;
  run_task(copy_blobs(world.source_blobs, world.target_blobs, found, options, small, seen, retries, totals));
  BOOST_TEST(totals.sent == 15u);
  BOOST_TEST(small.peak().value() <= (1_MiB).value());
  BOOST_TEST(small.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_source_that_breaks_off_is_read_on_and_counted) {
  const lfs_object blob = add(5000);
  misbehave(blob, source_misdeed{.what = source_kind::break_off, .at = 3000, .times = 2});
  const lfs_totals totals = copied();
  BOOST_TEST(totals.sent == 1u);
  BOOST_TEST(retries == 2u);
  BOOST_TEST(seen.count<event::retrying>() == 2u);
  BOOST_TEST(world.source_blobs.opened == 3u);
  BOOST_TEST(world.target_blobs.batches.size() == 1u);
  BOOST_TEST(seen.count<event::blob_started>() == 1u);
}

BOOST_AUTO_TEST_CASE(a_failure_that_passes_is_tried_again_with_fresh_links) {
  const lfs_object blob = add(5000);
  misbehave(blob, target_misdeed{.what = target_kind::break_off, .at = 3000, .times = 2});
  const lfs_totals totals = copied();
  BOOST_TEST(totals.sent == 1u);
  BOOST_TEST(retries == 2u);
  BOOST_TEST(world.source_blobs.batches.size() == 3u);
  BOOST_TEST(world.target_blobs.batches.size() == 3u);
  BOOST_TEST(seen.all<event::blob_started>().back().attempt == 3u);
}

BOOST_AUTO_TEST_CASE(a_failure_that_stays_does_not_stop_the_others) {
  const lfs_object bad = add(5000);
  for (std::size_t n = 0; n < 10; ++n) add(100 + n);
  misbehave(bad, target_misdeed{.what = target_kind::break_off, .at = 10, .with = failure(errc::server_failed)});
  const lfs_totals totals = copied();
  BOOST_TEST(totals.sent == 10u);
  BOOST_REQUIRE(totals.failed.size() == 1u);
  BOOST_TEST((totals.failed[0].blob == bad));
  BOOST_CHECK(totals.failed[0].why.code() == errc::server_failed);
  BOOST_TEST(totals.failed[0].why.where().back() == "lfs " + bad.oid.short_hex());
  BOOST_TEST(retries == 3u);
  BOOST_TEST(seen.count<event::blob_failed>() == 1u);
}

BOOST_AUTO_TEST_CASE(trap_12_a_refusal_is_not_tried_again) {
  const lfs_object bad = add(5000);
  misbehave(bad, target_misdeed{.what = target_kind::refuse_put, .with = failure(errc::payload_too_large)});
  const lfs_totals totals = copied();
  BOOST_REQUIRE(totals.failed.size() == 1u);
  BOOST_TEST(retries == 0u);
}

BOOST_AUTO_TEST_CASE(only_the_first_failures_are_kept_whole) {
  const failure wordy = failure(errc::payload_too_large).detail(std::string(4000, 'x')).http_status(413);
  for (std::size_t n = 0; n < 25; ++n) {
    misbehave(add(300 + n), target_misdeed{.what = target_kind::refuse_put, .with = wordy});
  }
  const lfs_totals totals = copied();
  BOOST_REQUIRE(totals.failed.size() == 25u);
  for (std::size_t n = 0; n < 25; ++n) {
    const failure& why = totals.failed[n].why;
    BOOST_TEST_CONTEXT("row " << n) {
      BOOST_TEST(why.detail().size() == (n < 20 ? 4000u : 120u));
      BOOST_TEST(why.where().empty() == (n >= 20));
      BOOST_CHECK(why.code() == errc::payload_too_large);
      BOOST_CHECK(why.blamed() == totals.failed[0].why.blamed());
      BOOST_CHECK(why.http_status() == 413);
    }
  }
}

BOOST_AUTO_TEST_CASE(wrong_bytes_are_tried_once_more_and_may_be_right_then) {
  const lfs_object blob = add(5000);
  misbehave(blob, source_misdeed{.what = source_kind::flip, .at = 7, .times = 1});
  BOOST_TEST(copied().sent == 1u);
  BOOST_TEST(retries == 1u);
  BOOST_TEST(world.source_blobs.batches.size() == 2u);
  BOOST_TEST(world.source_blobs.fresh_connections == 1u);
}

BOOST_AUTO_TEST_CASE(bytes_that_stay_wrong_are_never_visible) {
  const lfs_object blob = add(5000);
  misbehave(blob, source_misdeed{.what = source_kind::flip, .at = 7});
  const lfs_totals totals = copied();
  BOOST_REQUIRE(totals.failed.size() == 1u);
  BOOST_CHECK(totals.failed[0].why.code() == errc::digest_mismatch);
  BOOST_TEST(world.source_blobs.opened == 2u);
  BOOST_TEST(!is_visible(blob));
}

BOOST_AUTO_TEST_CASE(an_object_that_neither_side_has_is_missing_and_not_failed) {
  const lfs_object gone = add(300);
  const lfs_object also = add(301);
  add(302);
  world.source_blobs.objects.erase(gone.oid);
  misbehave(also, source_misdeed{.what = source_kind::absent, .code = 410});
  const lfs_totals totals = copied();
  BOOST_TEST(totals.missing.size() == 2u);
  BOOST_TEST(totals.failed.empty());
  BOOST_TEST(totals.sent == 1u);
  BOOST_TEST(retries == 0u);
}

BOOST_AUTO_TEST_CASE(a_link_that_leads_nowhere_is_asked_for_again_once) {
  for (const errc code : {errc::not_found, errc::forbidden}) {
    fixture fresh;
    const lfs_object blob = fresh.add(300);
    fresh.misbehave(blob, source_misdeed{.what = source_kind::refuse_open, .with = failure(code), .times = 1});
    BOOST_TEST(fresh.copied().sent == 1u);
    BOOST_TEST(fresh.world.source_blobs.batches.size() == 2u);
    BOOST_TEST(fresh.world.target_blobs.batches.size() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_link_that_leads_nowhere_twice_is_failed_and_not_missing) {
  const lfs_object blob = add(300);
  misbehave(blob, source_misdeed{.what = source_kind::refuse_open, .with = failure(errc::not_found)});
  const lfs_totals totals = copied();
  BOOST_TEST(totals.missing.empty());
  BOOST_REQUIRE(totals.failed.size() == 1u);
  BOOST_CHECK(totals.failed[0].why.code() == errc::not_found);
  BOOST_TEST(world.source_blobs.opened == 2u);
}

BOOST_AUTO_TEST_CASE(an_object_that_the_source_refuses_is_failed_and_not_missing) {
  const lfs_object blob = add(300);
  misbehave(blob, source_misdeed{.what = source_kind::absent, .code = 403});
  const lfs_totals totals = copied();
  BOOST_TEST(totals.missing.empty());
  BOOST_TEST(totals.failed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_object_that_a_reply_leaves_out_is_failed_whichever_end_it_is) {
  misbehave(add(300), source_misdeed{.what = source_kind::absent, .code = lfs::no_answer});
  misbehave(add(301), target_misdeed{.what = target_kind::answer_error, .code = lfs::no_answer});
  const lfs_totals totals = copied();
  BOOST_TEST(totals.missing.empty());
  BOOST_TEST(totals.present == 0u);
  BOOST_REQUIRE(totals.failed.size() == 2u);
  for (const auto& each : totals.failed) BOOST_CHECK(each.why.code() == errc::bad_batch_reply);
}

BOOST_AUTO_TEST_CASE(an_object_that_the_target_refuses_is_failed_unread) {
  const lfs_object blob = add(300);
  misbehave(blob, target_misdeed{.what = target_kind::answer_error, .code = 422});
  const lfs_totals totals = copied();
  BOOST_REQUIRE(totals.failed.size() == 1u);
  BOOST_CHECK(totals.failed[0].why.code() == errc::object_refused);
  BOOST_TEST(world.source_blobs.opened == 0u);
}

BOOST_AUTO_TEST_CASE(trap_06_an_upload_whose_answer_was_lost_counts_as_sent_and_is_not_repeated) {
  const lfs_object blob = add(5000);
  misbehave(blob, target_misdeed{.what = target_kind::lose_answer, .with = failure(errc::timed_out)});
  const lfs_totals totals = copied();
  BOOST_TEST(totals.sent == 1u);
  BOOST_TEST(world.target_blobs.order.size() == 1u);
  BOOST_TEST(retries == 1u);
}

BOOST_AUTO_TEST_CASE(trap_05_an_expired_link_is_asked_for_again_before_it_is_used) {
  const lfs_object down = add(300);
  const lfs_object up = add(301);
  misbehave(down, source_misdeed{.what = source_kind::expired_link, .times = 1});
  misbehave(up, target_misdeed{.what = target_kind::expired_link, .times = 1});
  BOOST_TEST(copied().sent == 2u);
  BOOST_TEST(world.source_blobs.batches.size() == 3u);
  BOOST_TEST(retries == 0u);
}

BOOST_AUTO_TEST_CASE(credentials_that_a_batch_refuses_fail_the_step_at_once) {
  for (const errc code : {errc::unauthorized, errc::forbidden}) {
    for (const bool at_source : {true, false}) {
      fixture fresh;
      for (std::size_t n = 0; n < 5; ++n) fresh.add(300 + n);
      fresh.add(1'100'000);
      (at_source ? fresh.world.source_blobs.locate_fails : fresh.world.target_blobs.missing_fails) = failure(code);
      const failure why = fresh.broken();
      BOOST_TEST_CONTEXT(facts_of(code).name << (at_source ? " at the source" : " at the target")) {
        BOOST_CHECK(why.code() == code);
        BOOST_CHECK(why.blamed() == (at_source ? side::source : side::target));
        BOOST_TEST(fresh.retries == 0u);
        BOOST_TEST(fresh.world.target_blobs.order.empty());
        BOOST_TEST(fresh.budget.in_use().value() == 0u);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_later_batch_that_is_refused_ends_what_is_under_way) {
  for (const bool at_source : {true, false}) {
    fixture fresh;
    for (std::size_t n = 0; n < 350; ++n) fresh.add(300 + n);
    fresh.options.transfers = 1;
    auto& fails = at_source ? fresh.world.source_blobs.locate_fails : fresh.world.target_blobs.missing_fails;
    // From the first object on that is stored: the lane is full, and both ends are asked ahead.
    struct refusing final : observer {
      std::optional<failure>& fails;
      explicit refusing(std::optional<failure>& what) : fails(what) {}
      void on(const any_event& happened) noexcept override {
        if (std::holds_alternative<event::blob_stored>(happened)) fails = failure(errc::unauthorized);
      }
    } then(fails);
    std::optional<failure> why;
    try {
      run_task(copy_blobs(fresh.world.source_blobs, fresh.world.target_blobs, fresh.found, fresh.options, fresh.budget,
                          then, fresh.retries, fresh.totals_so_far));
    } catch (const failed& broken) {
      why = broken.why();
    }
    BOOST_TEST_CONTEXT((at_source ? "at the source" : "at the target")) {
      BOOST_REQUIRE(why);
      BOOST_CHECK(why->code() == errc::unauthorized);
      BOOST_TEST(fresh.world.target_blobs.order.size() >= 1u);
      BOOST_TEST(fresh.world.target_blobs.order.size() < 350u);
      BOOST_TEST(fresh.world.source_blobs.open_now == 0u);
      BOOST_TEST(fresh.world.target_blobs.puts_now == 0u);
      BOOST_TEST(fresh.budget.in_use().value() == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_batch_that_fails_for_a_moment_is_asked_again) {
  add(300);
  world.target_blobs.missing_fails = failure(errc::rate_limited);
  world.target_blobs.missing_fails_times = 2;
  BOOST_TEST(copied().sent == 1u);
  BOOST_TEST(retries == 2u);
}

BOOST_AUTO_TEST_CASE(two_hundred_objects_with_random_failures_all_arrive_or_are_reported) {
  std::mt19937 random(11);
  for (std::size_t n = 0; n < 200; ++n) {
    const lfs_object blob = add(n % 20 == 0 ? 1'100'000 + n : 200 + n * 37);
    const std::uint64_t at = random() % blob.size.value();
    const auto times = static_cast<unsigned>(random() % 6);
    switch (random() % 6) {
      case 0:
        misbehave(blob, source_misdeed{.what = source_kind::break_off, .at = at, .times = times});
        break;
      case 1:
        misbehave(blob, source_misdeed{.what = source_kind::flip, .at = at, .times = times});
        break;
      case 2:
        misbehave(blob, source_misdeed{.what = source_kind::end_early, .at = at, .times = times});
        break;
      case 3:
        misbehave(blob, target_misdeed{.what = target_kind::break_off, .at = at, .times = times});
        break;
      case 4:
        misbehave(blob, target_misdeed{.what = target_kind::lose_answer, .times = times});
        break;
      default:
        break;
    }
  }
  const lfs_totals totals = copied();
  BOOST_TEST(totals.sent + totals.failed.size() == 200u);
  BOOST_TEST(totals.failed.size() > 10u);
  BOOST_TEST(totals.sent > 100u);
  for (const blob_trouble& each : totals.failed) BOOST_TEST(!is_visible(each.blob));
  for (const auto& [oid, bytes] : world.target_blobs.visible) BOOST_TEST((blob_of(bytes).oid == oid));
  BOOST_TEST(world.target_blobs.visible.size() == totals.sent);
  BOOST_TEST(budget.peak().value() <= budget.total().value());
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_failure_at_any_step_is_survived) {
  for (std::size_t step = 0;; ++step) {
    fixture fresh;
    for (std::size_t n = 0; n < 4; ++n) fresh.add(300 + n);
    fresh.add(1'100'000);
    fresh.world.steps.fail_at = step;
    const lfs_totals totals = fresh.copied();
    BOOST_TEST_CONTEXT("step " << step) {
      BOOST_TEST(totals.sent == 5u);
      // What breaks behind an object's last byte is no matter.
      BOOST_TEST(fresh.retries <= (fresh.world.steps.struck() ? 1u : 0u));
      BOOST_TEST(fresh.budget.in_use().value() == 0u);
    }
    if (!fresh.world.steps.struck()) break;
  }
}

BOOST_AUTO_TEST_CASE(a_cancellation_at_any_step_ends_everything) {
  for (std::size_t step = 0;; ++step) {
    fixture fresh;
    for (std::size_t n = 0; n < 4; ++n) fresh.add(300 + n);
    fresh.add(1'100'000);
    fresh.world.steps.stall_at = step;
    asio::io_context loop(1);
    const auto why = run_cancelled(loop, fresh.copy_only(), [&] { return fresh.world.steps.struck(); });
    if (!fresh.world.steps.struck()) {
      BOOST_TEST(!why);
      break;
    }
    BOOST_TEST_CONTEXT("step " << step) {
      BOOST_REQUIRE(why);
      BOOST_CHECK(why->code() == errc::cancelled);
      BOOST_TEST(fresh.world.source_blobs.open_now == 0u);
      BOOST_TEST(fresh.world.target_blobs.puts_now == 0u);
      BOOST_TEST(fresh.budget.in_use().value() == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cancellation_while_questions_run_ahead_ends_everything) {
  for (std::size_t n = 0; n < 350; ++n) add(300 + n);
  options.transfers = 1;
  asio::io_context loop(1);
  const auto why = run_cancelled(loop, copy_only(), [&] { return world.target_blobs.order.size() >= 20; });
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::cancelled);
  BOOST_TEST(world.target_blobs.batches.size() == 1u);  // the next one is asked for when the source knows of these
  BOOST_TEST(world.target_blobs.order.size() < 60u);
  BOOST_TEST(world.source_blobs.open_now == 0u);
  BOOST_TEST(world.target_blobs.puts_now == 0u);
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(where_the_target_has_batches_of_everything_the_source_is_not_asked) {
  for (std::size_t n = 0; n < 250; ++n) {
    const lfs_object blob = add(50 + n);
    world.target_blobs.visible.emplace(blob.oid, world.source_blobs.objects.at(blob.oid));
  }
  const lfs_totals totals = copied();
  BOOST_TEST(totals.present == 250u);
  BOOST_TEST(world.source_blobs.batches.empty());
}

BOOST_AUTO_TEST_SUITE_END()

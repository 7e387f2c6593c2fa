#include "engine/blob_check.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace blob_check_test {

using kind = source_misdeed::kind;

struct fixture {
  fake_world world;
  event_recorder seen;
  byte_budget budget{16_MiB};
  lfs_object blob = world.source_blobs.add(some_bytes(200'000, 1));
  relay_terms terms{64_KiB, 1};

  /// Nothing: the object is what its name says.
  std::optional<failure> checked() {
    const auto work = [&]() -> task<> {
      std::vector<lfs_object> wanted{blob};
      const auto entries = co_await world.source_blobs.locate(std::move(wanted));
      co_await check_blob(world.source_blobs, entries.front(), terms, budget, seen);
    };
    try {
      run_task(work());
    } catch (const failed& broken) {
      return broken.why();
    }
    return {};
  }
};

}  // namespace blob_check_test

BOOST_AUTO_TEST_SUITE(blob_check_test)

BOOST_AUTO_TEST_CASE(an_object_that_is_its_name_passes_and_is_told_to_its_last_byte) {
  fixture f;
  BOOST_TEST(!f.checked().has_value());
  BOOST_TEST(f.seen.count<event::blob_started>() == 1u);
  BOOST_TEST(f.seen.all<event::blob_progress>().back().sent.value() == 200'000u);
  BOOST_TEST(f.budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(an_empty_object_passes) {
  fixture f;
  f.blob = f.world.source_blobs.add("");
  BOOST_TEST(!f.checked().has_value());
}

BOOST_AUTO_TEST_CASE(one_wrong_bit_anywhere_is_the_target_s_fault) {
  for (const std::uint64_t at : {0u, 65'536u, 199'999u}) {
    fixture f;
    f.world.source_blobs.misdeeds[f.blob.oid] = {kind::flip, at};
    const auto why = f.checked();
    BOOST_TEST_CONTEXT("byte " << at) {
      BOOST_REQUIRE(why.has_value());
      BOOST_CHECK(why->code() == errc::digest_mismatch);
      BOOST_CHECK(why->blamed() == side::target);
    }
  }
}

BOOST_AUTO_TEST_CASE(too_few_and_too_many_bytes_are_another_size) {
  for (const source_misdeed& misdeed : {source_misdeed{kind::end_early, 1000}, source_misdeed{kind::run_over}}) {
    fixture f;
    f.world.source_blobs.misdeeds[f.blob.oid] = misdeed;
    const auto why = f.checked();
    BOOST_REQUIRE(why.has_value());
    BOOST_CHECK(why->code() == errc::size_mismatch);
    BOOST_CHECK(why->blamed() == side::target);
  }
}

BOOST_AUTO_TEST_CASE(a_failure_at_any_step_comes_through_and_leaves_no_lease) {
  std::size_t steps = 0;
  for (;; ++steps) {
    fixture f;
    f.world.steps.fail_at = steps;
    const auto why = f.checked();
    BOOST_TEST(f.budget.in_use().value() == 0u);
    BOOST_TEST(why.has_value() == f.world.steps.struck());
    if (!f.world.steps.struck()) break;
    BOOST_CHECK(why->code() == errc::connection_lost);
  }
  BOOST_TEST(steps > 2u);
}

BOOST_AUTO_TEST_SUITE_END()

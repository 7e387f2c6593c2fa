#include "engine/pack_intake.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace pack_intake_test {

std::string pointer_text(const lfs_object& blob) {
  return "version https://git-lfs.github.com/spec/v1\noid sha256:" + blob.oid.hex() + "\nsize " +
         std::to_string(blob.size.value()) + "\n";
}

/// A pack of some 300 KiB in front of one pointer; filtered it is the pointer alone.
struct scene {
  fake_world world;
  byte_budget budget{16_MiB};
  event_recorder seen;
  lfs_object blob = blob_of("an object");
  fetch_request request;
  intake_terms terms;

  scene() {
    pack_builder large;
    large.add_blob(some_bytes(300 << 10, 1));
    large.add_blob(pointer_text(blob));
    world.source_git.pack = large.finish();
    pack_builder filtered;
    filtered.add_blob(pointer_text(blob));
    world.source_git.filtered_pack = filtered.finish();
    request.wants = {git_oid::from_hex(std::string(40, '1')).value()};
    request.ofs_delta = false;
    terms.limits = intake_limits_for(16_MiB);
  }

  /// A pointer as a delta of a base that no walker of this size keeps.
  void hide_the_pointer(std::size_t size = 2 << 20) {
    pack_builder pack;
    const std::string base = std::string(size, 'x') + pointer_text(blob);
    const auto at = pack.add_blob(base);
    pack.add_offset_delta(at, make_delta(base, pointer_text(blob)));
    world.source_git.pack = pack.finish();
  }

  task<> start(std::optional<pack_intake>& taken) {
    taken.emplace(co_await take_in_pack(world.source_git, request, terms, budget, seen));
  }
  pack_intake take() { return run_task(take_in_pack(world.source_git, request, terms, budget, seen)); }
  failure why_not() {
    try {
      take();
    } catch (const failed& broken) {
      return broken.why();
    }
    throw std::logic_error("it did not fail");
  }
  std::size_t fetches() const { return world.source_git.fetches.size(); }
  void check_found(const pack_intake& taken) {
    BOOST_REQUIRE(taken.found.size() == 1u);
    BOOST_CHECK(taken.found[0] == blob);
  }
};

}  // namespace pack_intake_test

BOOST_FIXTURE_TEST_SUITE(pack_intake_test, scene)

BOOST_AUTO_TEST_CASE(what_fits_is_fetched_once_and_kept) {
  const pack_intake taken = take();

  check_found(taken);
  BOOST_TEST(fetches() == 1u);
  BOOST_TEST(!world.source_git.fetches[0].ofs_delta);
  BOOST_TEST(taken.pack->size().objects == 2u);
  BOOST_TEST(taken.pack->size().bytes.value() == world.source_git.pack.size());
  BOOST_TEST(budget.in_use().value() >= world.source_git.pack.size());
}

BOOST_AUTO_TEST_CASE(an_object_that_two_pointers_name_is_found_once) {
  pack_builder pack;
  pack.add_blob(pointer_text(blob));
  pack.add_blob(pointer_text(blob) + "\n");
  world.source_git.pack = pack.finish();

  check_found(take());
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_read_on_and_its_memory_given_back) {
  terms.limits.kept = 100_KiB;

  const pack_intake taken = take();

  check_found(taken);
  BOOST_TEST(fetches() == 1u);
  BOOST_TEST(budget.in_use().value() == 0u);
  BOOST_TEST(taken.pack->size().bytes.value() == world.source_git.pack.size());
  BOOST_TEST(taken.pack->size().objects == 2u);
}

BOOST_AUTO_TEST_CASE(where_the_source_filters_only_small_blobs_are_read_of_what_does_not_fit) {
  terms.limits.kept = 100_KiB;
  terms.can_filter = true;

  const pack_intake taken = take();

  check_found(taken);
  BOOST_REQUIRE(fetches() == 2u);
  BOOST_TEST(world.source_git.fetches[1].filter == "blob:limit=1024");
  BOOST_CHECK(world.source_git.fetches[1].wants == request.wants);
  BOOST_TEST(world.source_git.fetches[1].ofs_delta);
  BOOST_TEST(taken.pack->size().objects == 2u);
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_source_that_refuses_the_filter_after_all_is_read_without) {
  terms.limits.kept = 100_KiB;
  terms.can_filter = true;
  for (const errc code : {errc::remote_error, errc::empty_reply}) {
    world.source_git.fetches.clear();
    world.source_git.filter_refused = failure(code);

    const pack_intake taken = take();

    check_found(taken);
    BOOST_REQUIRE(fetches() == 3u);
    BOOST_TEST(world.source_git.fetches[2].filter == "");
  }
}

BOOST_AUTO_TEST_CASE(case_35_a_pointer_behind_a_large_base_is_found_by_a_filtered_scan) {
  hide_the_pointer();
  terms.can_filter = true;

  const pack_intake taken = take();

  check_found(taken);
  BOOST_TEST(fetches() == 2u);
  BOOST_TEST(budget.in_use().value() >= world.source_git.pack.size());  // it is still kept
}

BOOST_AUTO_TEST_CASE(case_35_without_a_filter_it_is_found_by_a_second_walk_for_nothing_else) {
  hide_the_pointer(700'000);

  const pack_intake taken = take();

  check_found(taken);
  BOOST_TEST(fetches() == 2u);
  BOOST_CHECK(world.source_git.fetches[1].wants == request.wants);
  BOOST_TEST(world.source_git.fetches[1].ofs_delta == request.ofs_delta);
}

BOOST_AUTO_TEST_CASE(a_second_walk_over_another_pack_counts_for_nothing) {
  hide_the_pointer(700'000);
  const std::string first = world.source_git.pack;
  hide_the_pointer(700'001);
  world.source_git.later_pack = first;

  BOOST_CHECK(why_not().code() == errc::walk_incomplete);
  BOOST_TEST(fetches() == 2u);
}

BOOST_AUTO_TEST_CASE(a_pointer_that_cannot_be_looked_at_stops_the_run) {
  hide_the_pointer();
  terms.limits.walker = 2_MiB;

  const failure why = why_not();

  BOOST_CHECK(why.code() == errc::walk_incomplete);
  BOOST_TEST(why.detail().find("1 object") != std::string::npos);
  BOOST_TEST(why.hint().find("--max-buffer-memory") != std::string::npos);
  BOOST_TEST(why.hint().find("--allow-unscanned") != std::string::npos);
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(unless_it_is_allowed_and_then_it_is_told) {
  hide_the_pointer();
  terms.limits.walker = 2_MiB;
  terms.allow_unscanned = true;

  const pack_intake taken = take();

  BOOST_TEST(taken.found.empty());
  const auto warnings = seen.all<event::warning>();
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0].text.find("1 object") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(broken_at_any_step_it_fails_and_holds_nothing) {
  terms.limits.kept = 100_KiB;
  for (const bool can_filter : {false, true}) {
    std::size_t steps = 0;
    for (bool struck = true; struck; ++steps) {
      scene s;
      s.terms = terms;
      s.terms.can_filter = can_filter;
      s.world.steps.fail_at = steps;
      bool broke = false;
      try {
        s.take();
      } catch (const failed& broken) {
        broke = true;
        BOOST_CHECK(broken.why().code() == errc::connection_lost);
      }
      struck = s.world.steps.struck();
      BOOST_TEST(broke == struck);
      BOOST_TEST(s.budget.in_use().value() == 0u);
    }
    BOOST_TEST(steps > 5u);
  }
}

BOOST_AUTO_TEST_CASE(cancelled_at_any_step_it_holds_nothing) {
  terms.limits.kept = 100_KiB;
  for (std::size_t n = 0, struck = 1; struck != 0; ++n) {
    scene s;
    s.terms = terms;
    s.terms.can_filter = true;
    s.world.steps.stall_at = n;
    {
      std::optional<pack_intake> taken;
      asio::io_context loop(1);
      const auto broken = run_cancelled(loop, s.start(taken), [&] { return s.world.steps.struck(); });
      struck = s.world.steps.struck() ? 1 : 0;
      BOOST_TEST(broken.has_value() == (struck != 0));
    }
    BOOST_TEST(s.budget.in_use().value() == 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

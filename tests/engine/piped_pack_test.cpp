#include "engine/piped_pack.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace piped_pack_test {

const ref_name main_branch = ref_name::parse("refs/heads/main").value();

/// A target that says no as soon as it has seen `patience` pieces, or none.
class hasty_target final : public git_target {
 public:
  std::size_t patience = 0;

  task<target_listing> list(listed_refs) override { co_return target_listing{}; }
  task<> probe() override { co_return; }
  task<git::push_report> push(std::vector<git::ref_command>, chunk_source* pack, std::optional<byte_count>) override {
    for (std::size_t n = 0; n < patience; ++n) co_await pack->next();
    git::push_report no;
    no.unpack_error = "too large for me";
    co_return no;
  }
};

struct scene {
  fake_world world;
  byte_budget budget{16_MiB};
  event_recorder seen;
  std::vector<git::ref_command> commands;
  fetch_request request;

  scene() {
    pack_builder pack;
    pack.add_blob(some_bytes(3 << 20, 1));
    pack.add_blob("small");
    world.source_git.pack = pack.finish();
    const auto id = git_oid::from_hex(std::string(40, '1')).value();
    commands = {{main_branch, git_oid::zero(object_format::sha1), id}};
    request.wants = {id};
    request.haves = {git_oid::from_hex(std::string(40, '2')).value()};
  }

  piped_pack pack() { return {world.source_git, request, object_format::sha1, budget, {}}; }
  git::push_report push() {
    piped_pack piped = pack();
    return run_task(piped.push(world.target_git, commands, nullptr, seen));
  }
  bool nothing_moved() const { return world.target_git.has.listing.refs.empty(); }
};

}  // namespace piped_pack_test

BOOST_FIXTURE_TEST_SUITE(piped_pack_test, scene)

BOOST_AUTO_TEST_CASE(the_sources_pack_arrives_unchanged_and_without_a_length) {
  const auto report = push();

  BOOST_TEST(report.unpacked);
  BOOST_REQUIRE(world.target_git.pushes.size() == 1u);
  BOOST_TEST((world.target_git.pushes[0].pack == world.source_git.pack));
  BOOST_TEST(!world.target_git.pushes[0].length.has_value());
  BOOST_CHECK(world.source_git.fetches.at(0).wants == request.wants);
  BOOST_CHECK(world.source_git.fetches.at(0).haves == request.haves);
}

BOOST_AUTO_TEST_CASE(each_push_fetches_again) {
  piped_pack piped = pack();
  run_task(piped.push(world.target_git, commands, nullptr, seen));
  run_task(piped.push(world.target_git, commands, nullptr, seen));
  BOOST_TEST(world.source_git.fetches.size() == 2u);
  BOOST_TEST((world.target_git.pushes.at(1).pack == world.source_git.pack));
}

BOOST_AUTO_TEST_CASE(after_a_push_its_size_is_known) {
  piped_pack piped = pack();
  run_task(piped.push(world.target_git, commands, nullptr, seen));
  BOOST_TEST(piped.size().bytes.value() == world.source_git.pack.size());
  BOOST_TEST(piped.size().objects == 2u);
}

BOOST_AUTO_TEST_CASE(the_start_is_told_without_an_amount_and_then_what_has_left) {
  push();
  const auto started = seen.all<event::push_started>();
  BOOST_REQUIRE(started.size() == 1u);
  BOOST_TEST(started[0].commands == 1u);
  BOOST_TEST(!started[0].bytes.has_value());
  BOOST_TEST(seen.all<event::push_progress>().back().sent.value() == world.source_git.pack.size());
}

BOOST_AUTO_TEST_CASE(it_holds_one_window_however_large_the_pack) {
  push();
  BOOST_TEST(budget.in_use().value() == 0u);
  BOOST_TEST(budget.peak().value() <= (1536_KiB).value());
}

BOOST_AUTO_TEST_CASE(a_source_that_moved_is_told_before_the_target_hears_anything) {
  world.source_git.fetch_fails = failure(errc::ref_vanished);
  BOOST_CHECK_EXCEPTION(push(), failed, [](const failed& broken) {
    return broken.why().code() == errc::ref_vanished && broken.why().blamed() == side::source;
  });
  BOOST_TEST(world.target_git.pushes.empty());
}

BOOST_AUTO_TEST_CASE(case_22_a_source_cut_anywhere_is_the_sources_fault_and_no_ref_moves) {
  const std::size_t size = world.source_git.pack.size();
  for (const std::size_t at : {std::size_t{0}, std::size_t{11}, size / 10, size / 2, size - 21, size - 5, size}) {
    BOOST_TEST_CONTEXT("cut at " << at) {
      world.source_git.break_at = at;
      BOOST_CHECK_EXCEPTION(push(), failed, [](const failed& broken) {
        return broken.why().code() == errc::connection_lost && broken.why().blamed() == side::source;
      });
      BOOST_TEST(nothing_moved());
      BOOST_TEST(!world.target_git.pushes.back().pack.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(case_23_a_corrupt_pack_moves_no_ref) {
  world.source_git.pack[1 << 20] = static_cast<char>(world.source_git.pack[1 << 20] ^ 1);
  BOOST_CHECK_EXCEPTION(push(), failed, [](const failed& broken) { return broken.why().code() == errc::pack_corrupt; });
  BOOST_TEST(nothing_moved());
}

BOOST_AUTO_TEST_CASE(a_target_that_answers_early_is_believed_and_the_source_left) {
  for (const std::size_t patience : {0u, 1u, 2u}) {
    hasty_target to;
    to.patience = patience;
    piped_pack piped = pack();
    const auto report = run_task(piped.push(to, commands, nullptr, seen));
    BOOST_TEST(report.unpack_error == "too large for me");
    BOOST_TEST(budget.in_use().value() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(broken_at_any_step_nothing_moves_and_nothing_is_held) {
  for (std::size_t n = 0, struck = 1; struck != 0; ++n) {
    scene s;
    s.world.steps.fail_at = n;
    bool broke = false;
    try {
      s.push();
    } catch (const failed&) {
      broke = true;
    }
    struck = s.world.steps.struck() ? 1 : 0;
    BOOST_TEST(broke == (struck != 0));
    BOOST_TEST(s.nothing_moved() == broke);
    BOOST_TEST(s.budget.in_use().value() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(cancelled_at_any_step_nothing_moves_and_nothing_is_held) {
  for (std::size_t n = 0, struck = 1; struck != 0; ++n) {
    scene s;
    s.world.steps.stall_at = n;
    asio::io_context loop(1);
    piped_pack piped = s.pack();
    const auto whole = [&]() -> task<> { co_await piped.push(s.world.target_git, s.commands, nullptr, s.seen); };
    const auto broken = run_cancelled(loop, whole(), [&] { return s.world.steps.struck(); });
    struck = s.world.steps.struck() ? 1 : 0;
    BOOST_TEST(broken.has_value() == (struck != 0));
    BOOST_TEST(s.nothing_moved() == (struck != 0));
    BOOST_TEST(s.budget.in_use().value() == 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

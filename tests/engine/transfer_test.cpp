#include "engine/transfer.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace transfer_test {

ref_name name(const char* text) {
  return ref_name::parse(text).value();
}
git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

/// A source with two branches and a tag whose pack names `blobs` LFS objects, and an empty target.
struct scene {
  fake_world world;
  event_recorder seen;
  std::vector<lfs_object> blobs;
  transfer_options options;

  explicit scene(std::size_t count = 3) {
    pack_builder pack;
    for (std::size_t i = 0; i < count; ++i) {
      blobs.push_back(world.source_blobs.add(some_bytes(1000 + 100 * i, static_cast<unsigned>(i))));
      pack.add_blob(pointer_text(blobs.back()));
    }
    pack.add_blob("not a pointer");
    world.source_git.pack = pack.finish();
    world.source_git.has.listing.refs = {
        {name("refs/heads/dev"), id('2')}, {name("refs/heads/main"), id('1')}, {name("refs/tags/v1"), id('3')}};
    world.source_git.has.listing.default_branch = name("refs/heads/main");
    options.buffer_memory = 16_MiB;
    options.retries.first_wait = options.retries.longest_wait = std::chrono::milliseconds(1);
  }

  static std::string pointer_text(const lfs_object& blob) {
    return "version https://git-lfs.github.com/spec/v1\noid sha256:" + blob.oid.hex() + "\nsize " +
           std::to_string(blob.size.value()) + "\n";
  }

  task<transfer_result> start() {
    return run_transfer(endpoints{world.source_git, world.target_git, world.source_blobs, world.target_blobs, stored},
                        options, seen);
  }
  transfer_result run() { return run_task(start()); }

  bool all_blobs_stored() const {
    return std::all_of(blobs.begin(), blobs.end(),
                       [&](const lfs_object& blob) { return world.target_blobs.visible.contains(blob.oid); });
  }
  /// P3: each ref is at its old value (absent) or at its planned one, and then every object is there.
  void check_promise_three() const {
    for (const ref_entry& now : world.target_git.has.listing.refs) {
      const git_oid* const planned = find_ref(world.source_git.has.listing.refs, now.name);
      BOOST_REQUIRE(planned != nullptr);
      BOOST_CHECK(now.id == *planned);
    }
    if (!world.target_git.has.listing.refs.empty()) BOOST_TEST(all_blobs_stored());
  }

  fake_blob_source stored{world.steps, world.log};  ///< the target, seen as a source
};

std::vector<std::string> statuses(const transfer_result& result) {
  std::vector<std::string> all;
  for (const ref_row& row : result.refs) all.emplace_back(to_text(row.status));
  return all;
}

}  // namespace transfer_test

BOOST_AUTO_TEST_SUITE(transfer_test)

BOOST_AUTO_TEST_CASE(a_repository_arrives_whole) {
  scene s;

  const transfer_result result = s.run();

  BOOST_TEST(!result.error.has_value());
  BOOST_CHECK(s.world.target_git.has.listing.refs == s.world.source_git.has.listing.refs);
  BOOST_TEST(s.all_blobs_stored());
  BOOST_TEST(result.lfs.sent == 3U);
  BOOST_TEST(result.pack.fetches == 1U);
  BOOST_TEST(result.pack.objects == 4U);
  BOOST_TEST(statuses(result) == std::vector<std::string>(3, "ok"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_default_branch_of_the_source_is_pushed_first) {
  scene s;
  s.run();
  BOOST_TEST(s.world.target_git.pushes.at(0).commands.at(0).name.text() == "refs/heads/main");
}

BOOST_AUTO_TEST_CASE(the_probe_comes_before_any_blob_and_every_blob_before_any_ref) {
  scene s;
  s.run();
  const auto& lines = s.world.log.lines;
  const auto first = [&](const char* word) {
    return std::find_if(lines.begin(), lines.end(), [&](const std::string& l) { return l.starts_with(word); });
  };
  const auto last_blob =
      std::find_if(lines.rbegin(), lines.rend(), [](const std::string& l) { return l.starts_with("blob"); }).base();
  BOOST_REQUIRE(first("ref") != lines.end());
  BOOST_REQUIRE(first("blob") != lines.end());
  BOOST_TEST((first("probe") < first("blob")));
  BOOST_TEST((last_blob <= first("ref")));
}

BOOST_AUTO_TEST_CASE(trap_23_a_second_run_fetches_nothing_and_sends_nothing) {
  scene s;
  s.run();
  const auto pushes = s.world.target_git.pushes.size();
  const auto probes = s.world.target_git.probes;

  const transfer_result again = s.run();

  BOOST_TEST(!again.error.has_value());
  BOOST_TEST(again.pack.fetches == 0U);
  BOOST_TEST(s.world.target_git.pushes.size() == pushes);
  BOOST_TEST(s.world.target_git.probes == probes);
  BOOST_TEST(to_text(again.refs.at(0).action) == "up-to-date");
}

BOOST_AUTO_TEST_CASE(trap_14_haves_are_what_the_target_shows_and_wants_what_it_lacks) {
  scene s;
  s.world.target_git.has.listing.refs = {{name("refs/heads/main"), id('1')}, {name("refs/heads/old"), id('9')}};
  s.run();
  const fetch_request& asked = s.world.source_git.fetches.at(0);
  BOOST_CHECK((asked.wants == std::vector<git_oid>{id('2'), id('3')}));
  BOOST_CHECK((asked.haves == std::vector<git_oid>{id('1'), id('9')}));
}

BOOST_AUTO_TEST_CASE(a_new_ref_to_an_object_that_the_target_shows_needs_no_fetch_but_a_pack) {
  scene s(0);
  s.world.source_git.has.listing.refs = {{name("refs/heads/copy"), id('1')}, {name("refs/heads/main"), id('1')}};
  s.world.target_git.has.listing.refs = {{name("refs/heads/main"), id('1')}};

  const transfer_result result = s.run();

  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(s.world.source_git.fetches.empty());
  BOOST_TEST(s.world.target_git.pushes.at(0).pack.value().size() == 32U);
}

BOOST_AUTO_TEST_CASE(trap_11_an_object_that_cannot_be_copied_keeps_every_ref_where_it_is) {
  scene s;
  s.world.source_blobs.misdeeds[s.blobs[1].oid] = {source_misdeed::kind::flip, 10};

  const transfer_result result = s.run();

  BOOST_REQUIRE(result.error.has_value());
  BOOST_TEST(s.world.target_git.pushes.empty());
  BOOST_TEST(result.lfs.failed.size() == 1U);
  BOOST_CHECK(result.lfs.failed[0].why.code() == errc::digest_mismatch);
  BOOST_TEST(result.lfs.sent == 2U);
  BOOST_CHECK(result.error->blamed() == side::source);
  BOOST_TEST(statuses(result) == std::vector<std::string>(3, "failed"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_pointer_whose_object_neither_side_has_is_reported_and_does_not_stop_the_refs) {
  scene s;
  s.world.source_blobs.misdeeds[s.blobs[0].oid] = {source_misdeed::kind::absent};

  const transfer_result result = s.run();

  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(result.lfs.missing.size() == 1U);
  BOOST_TEST(s.seen.count<event::warning>() == 1U);
  BOOST_TEST(s.world.target_git.has.listing.refs.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_pointer_whose_object_neither_side_has_stops_the_refs_when_that_is_asked_for) {
  scene s;
  s.world.source_blobs.misdeeds[s.blobs[1].oid] = {source_misdeed::kind::absent};
  s.options.strict_lfs = true;

  const transfer_result result = s.run();

  BOOST_REQUIRE(result.error.has_value());
  BOOST_CHECK(result.error->code() == errc::object_missing);
  BOOST_TEST(result.lfs.missing.size() == 1U);
  BOOST_TEST(s.world.target_git.has.listing.refs.empty());
  BOOST_TEST(s.world.target_git.pushes.empty());
}

BOOST_AUTO_TEST_CASE(without_lfs_only_refs_move) {
  scene s;
  s.options.lfs = lfs_mode::none;
  const transfer_result result = s.run();
  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(s.world.target_blobs.batches.empty());
  BOOST_TEST(s.world.target_git.has.listing.refs.size() == 3U);
  BOOST_TEST(s.seen.count<event::warning>() == 1U);
  BOOST_TEST(result.lfs.objects == 3U);
  BOOST_TEST(result.lfs.sent == 0U);
}

BOOST_AUTO_TEST_CASE(a_source_that_moves_while_it_is_read_is_planned_again_but_not_for_ever) {
  for (const unsigned times : {1U, 2U, 3U}) {
    BOOST_TEST_CONTEXT(times << " times") {
      scene s;
      s.world.source_git.fetch_fails = failure(errc::ref_vanished);
      s.world.source_git.fetch_fails_times = times;
      const transfer_result result = s.run();
      BOOST_TEST(result.error.has_value() == (times == 3U));
      BOOST_TEST(result.pack.fetches == std::min(times + 1, 3U));
      s.check_promise_three();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_dry_run_asks_for_a_hundred_objects_at_a_time) {
  scene s(250);
  s.options.mode = run_mode::dry_run;
  const transfer_result result = s.run();
  BOOST_TEST(result.lfs.objects == 250U);
  BOOST_TEST(s.stored.batches == (std::vector<std::size_t>{100, 100, 50}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_sent_is_told_also_when_the_run_breaks_off_later) {
  scene s;
  s.world.target_git.push_fails = failure(errc::forbidden);
  const transfer_result result = s.run();
  BOOST_REQUIRE(result.error.has_value());
  BOOST_TEST(result.lfs.sent == 3U);
}

BOOST_AUTO_TEST_CASE(a_dry_run_counts_and_changes_nothing) {
  scene s;
  s.stored.objects = {};
  s.stored.add(some_bytes(1000, 0));
  s.options.mode = run_mode::dry_run;

  const transfer_result result = s.run();

  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(s.world.target_git.pushes.empty());
  BOOST_TEST(s.world.target_git.probes == 0U);
  BOOST_TEST(s.world.target_blobs.batches.empty());
  BOOST_TEST(result.lfs.objects == 3U);
  BOOST_TEST(result.lfs.present == 1U);
  BOOST_TEST(statuses(result) == std::vector<std::string>(3, "planned"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_refused_ref_is_rejected_and_the_others_are_ok) {
  scene s;
  s.world.target_git.refusals["refs/heads/dev"] = "pre-receive hook declined";

  const transfer_result result = s.run();

  BOOST_REQUIRE(result.error.has_value());
  BOOST_CHECK(result.error->code() == errc::push_refused);
  BOOST_TEST(to_text(result.refs.at(0).status) == "ok");
  BOOST_TEST(to_text(result.refs.at(1).status) == "rejected");
  BOOST_TEST(result.refs.at(1).reason == "pre-receive hook declined");
}

BOOST_AUTO_TEST_CASE(a_push_whose_answer_is_lost_is_judged_by_what_the_target_shows) {
  scene s;
  s.world.target_git.answer_lost = failure(errc::connection_lost);
  const transfer_result result = s.run();
  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(s.world.target_git.pushes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_push_that_breaks_off_is_tried_again_without_fetching_again) {
  scene s;
  s.world.target_git.push_fails = failure(errc::connection_lost);
  s.world.target_git.push_fails_times = 2;

  const transfer_result result = s.run();

  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(s.world.target_git.pushes.size() == 3U);
  BOOST_TEST(s.world.source_git.fetches.size() == 1U);
  BOOST_TEST(result.retries == 2U);
}

BOOST_AUTO_TEST_CASE(refused_credentials_are_not_tried_again) {
  scene s;
  s.world.target_git.probe_fails = failure(errc::unauthorized);
  const transfer_result result = s.run();
  BOOST_REQUIRE(result.error.has_value());
  BOOST_CHECK(result.error->code() == errc::unauthorized);
  BOOST_CHECK(result.error->blamed() == side::target);
  BOOST_TEST(result.retries == 0U);
  BOOST_TEST(s.world.target_git.probes == 1U);
  BOOST_TEST(s.world.source_git.fetches.size() <= 1U);
  BOOST_TEST(s.world.target_blobs.batches.empty());
  BOOST_TEST(s.world.target_git.pushes.empty());
}

BOOST_AUTO_TEST_CASE(the_pack_is_fetched_while_the_target_is_asked_for_write_access) {
  scene s;
  s.world.target_git.probe_waits_for = [&] { return !s.world.source_git.fetches.empty(); };
  const transfer_result result = s.run();
  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(s.world.target_git.probes == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_waited_for_when_the_pack_is_there_is_told_again) {
  scene s;
  std::size_t waited = 0;
  s.world.target_git.probe_waits_for = [&] { return ++waited == 50; };
  const transfer_result result = s.run();
  BOOST_TEST(!result.error.has_value());
  std::vector<event::step> steps;
  for (const auto& each : s.seen.all<event::step_started>()) steps.push_back(each.step);
  const std::vector<event::step> began{event::step::listing, event::step::asking_to_write, event::step::reading_pack,
                                       event::step::asking_to_write};
  BOOST_REQUIRE(steps.size() > began.size());
  steps.resize(began.size());
  BOOST_CHECK(steps == began);
}

BOOST_AUTO_TEST_CASE(nothing_is_uploaded_before_the_target_has_agreed) {
  scene s;
  std::size_t waited = 0;
  s.world.target_git.probe_waits_for = [&] { return ++waited == 50; };  // ms: the pack has long been read
  s.world.target_git.probe_fails = failure(errc::forbidden);
  const transfer_result result = s.run();
  BOOST_REQUIRE(result.error.has_value());
  BOOST_CHECK(result.error->code() == errc::forbidden);
  BOOST_TEST(s.world.source_git.fetches.size() == 1U);
  BOOST_TEST(s.world.target_blobs.batches.empty());
  BOOST_TEST(s.world.target_git.pushes.empty());
}

BOOST_AUTO_TEST_CASE(a_broken_pack_changes_nothing_at_every_byte) {
  scene s(1);
  const std::string whole = s.world.source_git.pack;
  s.options.retries.retries = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    BOOST_TEST_CONTEXT("byte " << at) {
      s.world.source_git.pack = whole;
      s.world.source_git.pack[at] = static_cast<char>(s.world.source_git.pack[at] ^ 0x41);
      const transfer_result flipped = s.run();
      BOOST_REQUIRE(flipped.error.has_value());
      BOOST_CHECK(flipped.error->blamed() == side::source);
      s.world.source_git.pack = whole.substr(0, at);
      BOOST_TEST(s.run().error.has_value());
    }
  }
  BOOST_TEST(s.world.target_git.pushes.empty());
  BOOST_TEST(s.world.target_blobs.visible.empty());
}

BOOST_AUTO_TEST_CASE(a_pack_above_its_share_of_the_memory_is_piped) {
  scene s(1);
  pack_builder pack;
  pack.add_blob(some_bytes(5 << 20, 1));
  pack.add_blob(scene::pointer_text(s.blobs.at(0)));
  s.world.source_git.pack = pack.finish();

  const transfer_result result = s.run();

  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(s.all_blobs_stored());
  BOOST_REQUIRE(s.world.target_git.pushes.size() == 1U);
  BOOST_TEST((s.world.target_git.pushes[0].pack == s.world.source_git.pack));
  BOOST_TEST(!s.world.target_git.pushes[0].length.has_value());
  BOOST_TEST(result.pack.fetches == 2U);
  BOOST_TEST(result.pack.bytes.value() == s.world.source_git.pack.size());
  BOOST_TEST(result.pack.objects == 2U);
}

BOOST_AUTO_TEST_CASE(a_source_that_moves_before_its_pack_is_piped_is_planned_again) {
  scene s(1);
  pack_builder pack;
  pack.add_blob(some_bytes(5 << 20, 1));
  pack.add_blob(scene::pointer_text(s.blobs.at(0)));
  s.world.source_git.pack = pack.finish();
  s.world.source_git.fetch_fails = failure(errc::ref_vanished);
  s.world.source_git.fetch_fails_after = 1;
  s.world.source_git.fetch_fails_times = 1;

  const transfer_result result = s.run();

  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(s.all_blobs_stored());
  BOOST_TEST(s.world.target_git.has.listing.refs.size() == 3U);
  BOOST_TEST(result.pack.fetches == 4U);
  BOOST_TEST(result.lfs.objects == 1U);
  BOOST_TEST(result.lfs.sent == 1U);
  BOOST_TEST(result.lfs.present == 0U);
}

BOOST_AUTO_TEST_CASE(an_empty_source_is_said_and_is_no_error) {
  scene s;
  s.world.source_git.has.listing.refs.clear();
  const transfer_result result = s.run();
  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(s.seen.count<event::warning>() == 1U);
  BOOST_TEST(s.world.target_git.pushes.empty());
}

BOOST_AUTO_TEST_CASE(two_object_formats_do_not_mix) {
  scene s;
  s.world.target_git.has.listing.format = object_format::sha256;
  const transfer_result result = s.run();
  BOOST_REQUIRE(result.error.has_value());
  BOOST_CHECK(result.error->code() == errc::object_format_mismatch);
}

BOOST_AUTO_TEST_CASE(a_failure_at_any_step_leaves_each_ref_at_its_old_or_its_planned_value) {
  std::size_t steps = 0;
  for (std::size_t n = 0;; ++n) {
    BOOST_TEST_CONTEXT("step " << n) {
      scene s;
      s.options.retries.retries = 0;
      s.world.steps.fail_at = n;
      const transfer_result result = s.run();
      s.check_promise_three();
      if (!s.world.steps.struck()) {
        BOOST_TEST(!result.error.has_value());
        break;
      }
      // With no retries a failure may still be survived: an answer that was lost is read back.
      BOOST_TEST((result.error.has_value() || s.world.target_git.has.listing.refs.size() == 3U));
      ++steps;
    }
  }
  BOOST_TEST(steps > 20U);
}

BOOST_AUTO_TEST_CASE(with_retries_a_single_failure_at_any_step_does_not_matter) {
  for (std::size_t n = 0;; ++n) {
    BOOST_TEST_CONTEXT("step " << n) {
      scene s;
      s.world.steps.fail_at = n;
      const transfer_result result = s.run();
      BOOST_TEST(!result.error.has_value());
      BOOST_TEST(s.all_blobs_stored());
      BOOST_TEST(s.world.target_git.has.listing.refs.size() == 3U);
      if (!s.world.steps.struck()) break;
    }
  }
}

BOOST_AUTO_TEST_CASE(cancelled_at_any_step_it_ends_and_keeps_the_promise) {
  for (std::size_t n = 0;; ++n) {
    BOOST_TEST_CONTEXT("step " << n) {
      scene s;
      s.world.steps.stall_at = n;
      std::optional<transfer_result> result;
      const auto whole = [&]() -> task<> { result = co_await s.start(); };
      asio::io_context loop(1);
      run_cancelled(loop, whole(), [&] { return s.world.steps.struck(); });
      s.check_promise_three();
      BOOST_REQUIRE(result.has_value());
      if (!s.world.steps.struck()) break;
      BOOST_REQUIRE(result->error.has_value());
      BOOST_CHECK(result->error->code() == errc::cancelled);
      const bool pushed = s.world.log.find("ref refs/heads/main").has_value();
      for (const ref_row& row : result->refs) {
        BOOST_CHECK(row.status == ref_status::failed || row.status == ref_status::ok);
        if (pushed) BOOST_TEST(row.reason.find("before its push") == std::string::npos);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

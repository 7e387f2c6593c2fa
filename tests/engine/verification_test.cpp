#include "engine/verification.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace verification_test {

using kind = source_misdeed::kind;

ref_name name(const char* text) {
  return ref_name::parse(text).value();
}
git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

/// A source whose history names objects, and a target that is a true copy of it.
struct scene {
  step_counter steps;
  journal log;
  fake_git_source source_git{steps, log}, target_git{steps, log};
  fake_blob_source source_blobs{steps, log}, target_blobs{steps, log};
  event_recorder seen;
  std::vector<lfs_object> blobs;
  verification_options options;

  explicit scene(std::size_t count = 3) {
    pack_builder pack;
    for (std::size_t i = 0; i < count; ++i) {
      blobs.push_back(source_blobs.add(some_bytes(1000 + i, static_cast<unsigned>(i))));
      target_blobs.add(some_bytes(1000 + i, static_cast<unsigned>(i)));
      pack.add_blob("version https://git-lfs.github.com/spec/v1\noid sha256:" + blobs.back().oid.hex() + "\nsize " +
                    std::to_string(blobs.back().size.value()) + "\n");
    }
    pack.add_blob("not a pointer");
    source_git.pack = pack.finish();
    source_git.has.listing.refs = {{name("refs/heads/dev"), id('2')}, {name("refs/heads/main"), id('1')}};
    target_git.has = source_git.has;
    options.buffer_memory = 16_MiB;
    options.retries = {
        .retries = 2, .first_wait = std::chrono::microseconds(10), .longest_wait = std::chrono::microseconds(20)};
  }

  task<verification_result> start() {
    const verification_ends ends{source_git, target_git, source_blobs, target_blobs};
    return run_verification(ends, options, seen);
  }
  verification_result run() { return run_task(start()); }

  /// As two hosts that answer 404 for it.
  void lose(fake_blob_source& from, const lfs_object& blob) { from.misdeeds[blob.oid] = {kind::absent}; }
};

std::vector<errc> reasons(const verification_result& result) {
  std::vector<errc> all;
  for (const auto& each : result.differing) all.push_back(each.why.code());
  return all;
}

}  // namespace verification_test

BOOST_AUTO_TEST_SUITE(verification_test)

BOOST_AUTO_TEST_CASE(a_true_copy_is_the_same_and_all_of_it_was_looked_at) {
  scene s;
  const auto result = s.run();
  BOOST_TEST(is_true_copy(result));
  BOOST_TEST(result.objects == 3u);
  BOOST_TEST(result.present == 3u);
  BOOST_TEST(result.proven == 0u);
  BOOST_REQUIRE(s.source_git.fetches.size() == 1u);
  BOOST_CHECK((s.source_git.fetches[0].wants == std::vector<git_oid>{id('1'), id('2')}));
  BOOST_TEST(s.source_git.fetches[0].haves.empty());
  BOOST_TEST(s.target_git.fetches.empty());
  BOOST_TEST(s.target_blobs.opened == 0u);
}

BOOST_AUTO_TEST_CASE(a_ref_that_is_missing_or_shows_another_commit_differs) {
  scene s;
  s.target_git.has.listing.refs = {{name("refs/heads/main"), id('9')}};
  const auto result = s.run();
  BOOST_TEST(!is_true_copy(result));
  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(std::count_if(result.refs.begin(), result.refs.end(), differs) == 2);
  BOOST_REQUIRE(s.seen.count<event::compared>() == 1u);
  BOOST_TEST(s.seen.all<event::compared>()[0].differing == 2u);
}

BOOST_AUTO_TEST_CASE(what_a_copy_leaves_out_is_no_difference_and_what_it_may_not_force_is_one) {
  scene s;
  s.options.host = gitlab_rules();
  s.source_git.has.listing.refs.push_back({name("refs/merge-requests/1/head"), id('5')});
  s.target_git.has.listing.refs = {{name("refs/heads/dev"), id('2')}, {name("refs/heads/main"), id('1')}};
  s.options.refs.refspecs = {git::refspec::parse("refs/*:refs/*").value()};
  BOOST_TEST(is_true_copy(s.run()));

  s.target_git.has.listing.refs[1].id = id('9');
  const auto result = s.run();
  BOOST_TEST(std::count_if(result.refs.begin(), result.refs.end(), differs) == 1);
}

BOOST_AUTO_TEST_CASE(a_ref_that_only_the_target_has_differs_from_a_mirror) {
  scene s;
  s.target_git.has.listing.refs.push_back({name("refs/heads/old"), id('3')});
  BOOST_TEST(is_true_copy(s.run()));
  s.options.refs.prune = true;
  BOOST_TEST(!is_true_copy(s.run()));
}

BOOST_AUTO_TEST_CASE(an_object_that_the_target_lacks_differs) {
  scene s;
  s.lose(s.target_blobs, s.blobs[1]);
  const auto result = s.run();
  BOOST_REQUIRE(result.differing.size() == 1u);
  BOOST_TEST(result.differing[0].blob.oid.hex() == s.blobs[1].oid.hex());
  BOOST_CHECK(result.differing[0].why.code() == errc::object_missing);
  BOOST_TEST(!is_true_copy(result));
}

BOOST_AUTO_TEST_CASE(an_object_that_the_source_lacks_too_is_no_difference_but_is_told) {
  scene s;
  s.lose(s.target_blobs, s.blobs[1]);
  s.lose(s.source_blobs, s.blobs[1]);
  const auto result = s.run();
  BOOST_TEST(is_true_copy(result));
  BOOST_REQUIRE(result.absent_everywhere.size() == 1u);
  BOOST_TEST(s.seen.count<event::warning>() == 1u);
}

BOOST_AUTO_TEST_CASE(that_the_source_is_empty_is_told) {
  scene s;
  s.source_git.has.listing.refs.clear();
  const auto result = s.run();
  BOOST_TEST(result.objects == 0u);
  BOOST_TEST(s.seen.count<event::warning>() == 1u);
}

BOOST_AUTO_TEST_CASE(objects_are_asked_about_a_hundred_at_a_time) {
  scene s(250);
  BOOST_TEST(is_true_copy(s.run()));
  BOOST_TEST(s.target_blobs.batches == (std::vector<std::size_t>{100, 100, 50}), boost::test_tools::per_element());
  BOOST_TEST(s.source_blobs.batches.empty());
}

BOOST_AUTO_TEST_CASE(a_shallow_look_believes_the_target_and_a_deep_one_finds_the_wrong_bit) {
  for (const auto depth : {verify_depth::presence, verify_depth::bytes}) {
    scene s;
    s.target_blobs.misdeeds[s.blobs[2].oid] = {kind::flip, 500};
    s.options.depth = depth;
    const auto result = s.run();
    BOOST_TEST(is_true_copy(result) == (depth == verify_depth::presence));
    if (depth == verify_depth::presence) continue;
    BOOST_CHECK(reasons(result) == std::vector<errc>{errc::digest_mismatch});
    BOOST_CHECK(result.differing[0].why.blamed() == side::target);
    BOOST_TEST(result.proven == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_line_that_breaks_once_is_no_difference) {
  scene s;
  s.target_blobs.misdeeds[s.blobs[0].oid] = {.what = kind::break_off, .at = 100, .times = 1};
  s.options.depth = verify_depth::bytes;
  const auto result = s.run();
  BOOST_TEST(is_true_copy(result));
  BOOST_TEST(result.proven == 3u);
  BOOST_TEST(result.retries == 1u);
}

BOOST_AUTO_TEST_CASE(a_line_that_stays_broken_is_no_verdict) {
  scene s;
  s.target_blobs.misdeeds[s.blobs[0].oid] = {kind::break_off, 100};
  s.options.depth = verify_depth::bytes;
  const auto result = s.run();
  BOOST_REQUIRE(result.error.has_value());
  BOOST_CHECK(result.error->code() == errc::connection_lost);
  BOOST_CHECK(result.error->blamed() == side::target);
}

BOOST_AUTO_TEST_CASE(an_object_that_cannot_be_read_for_good_differs) {
  scene s;
  s.target_blobs.misdeeds[s.blobs[0].oid] = {.what = kind::refuse_open, .with = failure(errc::forbidden)};
  s.options.depth = verify_depth::bytes;
  BOOST_CHECK(reasons(s.run()) == std::vector<errc>{errc::forbidden});
}

BOOST_AUTO_TEST_CASE(a_dead_link_is_asked_for_again) {
  scene s;
  s.target_blobs.misdeeds[s.blobs[0].oid] = {.what = kind::refuse_open, .with = failure(errc::forbidden), .times = 1};
  s.options.depth = verify_depth::bytes;
  BOOST_TEST(is_true_copy(s.run()));
}

BOOST_AUTO_TEST_CASE(an_object_in_trouble_for_now_is_asked_about_again) {
  scene s;
  s.target_blobs.misdeeds[s.blobs[0].oid] = {.what = kind::absent, .code = 500, .times = 1};
  const auto result = s.run();
  BOOST_TEST(is_true_copy(result));
  BOOST_TEST(result.retries == 1u);
}

BOOST_AUTO_TEST_CASE(a_source_that_moves_while_it_is_read_is_compared_again_but_not_for_ever) {
  for (const unsigned times : {1U, 2U, 3U}) {
    scene s;
    s.source_git.fetch_fails = failure(errc::ref_vanished);
    s.source_git.fetch_fails_times = times;
    BOOST_TEST(s.run().error.has_value() == (times == 3U));
  }
}

BOOST_AUTO_TEST_CASE(without_refs_on_either_side_nothing_is_fetched) {
  scene s;
  s.source_git.has.listing.refs.clear();
  s.target_git.has.listing.refs.clear();
  BOOST_TEST(is_true_copy(s.run()));
  BOOST_TEST(s.source_git.fetches.empty());
}

BOOST_AUTO_TEST_CASE(a_failure_at_any_step_is_never_taken_for_a_true_copy) {
  std::size_t steps = 0;
  for (;; ++steps) {
    scene s;
    s.options.depth = verify_depth::bytes;
    s.options.retries.retries = 0;
    s.steps.fail_at = steps;
    const auto result = s.run();
    BOOST_TEST(is_true_copy(result) == !s.steps.struck());
    if (!s.steps.struck()) break;
    BOOST_REQUIRE(result.error.has_value());
  }
  BOOST_TEST(steps > 10u);
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/speed_test.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/discarding_target.hpp"
#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace speed_test_test {

struct fixture {
  fake_world world;
  event_recorder seen;
  speed_meter meter;
  discarding_target nowhere;
  metered_source from{world.source_blobs, meter};
  metered_target dropped{nowhere, meter};
  speed_options options{.time = 1h, .object_size = byte_count(100'000), .most_written = byte_count(1'000'000)};

  fixture() { options.transfer.retries = {.retries = 2, .first_wait = 10us, .longest_wait = 20us}; }

  std::vector<lfs_object> objects(std::size_t many, std::size_t size) {
    std::vector<lfs_object> all;
    for (unsigned n = 0; n < many; ++n) all.push_back(world.source_blobs.add(some_bytes(size, n)));
    return all;
  }
  speed_result read(std::vector<lfs_object> all) {
    return run_task(measure_copy({from, dropped}, std::move(all), options, meter, seen));
  }
  speed_result write(generated_objects& made) {
    generated_source source(made);
    metered_target target(world.target_blobs, meter);
    return run_task(measure_writing({source, target}, made, options, meter, seen));
  }
};

}  // namespace speed_test_test

BOOST_FIXTURE_TEST_SUITE(speed_test_test, fixture)

BOOST_AUTO_TEST_CASE(what_is_read_is_counted_proven_and_dropped) {
  const speed_result result = read(objects(5, 70'000));
  BOOST_TEST(!result.error);
  BOOST_TEST(result.objects == 5u);
  BOOST_TEST(result.bytes.value() == 350'000u);
  BOOST_CHECK(result.took > 0s);
  const auto waits = meter.first_bytes();
  BOOST_REQUIRE(waits);
  BOOST_CHECK(waits->least <= waits->median);
  BOOST_CHECK(waits->median <= waits->most);
  BOOST_TEST(world.target_blobs.visible.empty());
}

BOOST_AUTO_TEST_CASE(an_object_that_is_wrong_is_no_speed) {
  const auto all = objects(3, 70'000);
  world.source_blobs.misdeeds.emplace(all[1].oid, source_misdeed{.what = source_misdeed::kind::flip, .at = 5});
  const speed_result result = read(all);
  BOOST_REQUIRE(result.error);
  BOOST_CHECK(result.error->code() == errc::digest_mismatch);
  BOOST_TEST(result.objects == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_under_way_when_the_time_is_over_is_cut_and_counts) {
  const auto all = objects(1, 900'000);
  world.source_blobs.misdeeds.emplace(all[0].oid, source_misdeed{.what = source_misdeed::kind::stall, .at = 640'000});
  options.time = 300ms;
  const speed_result result = read(all);
  BOOST_TEST(!result.error);
  BOOST_TEST(result.objects == 0u);
  BOOST_TEST(result.bytes.value() > 0u);
  BOOST_CHECK(result.took >= options.time);
  BOOST_TEST(world.source_blobs.open_now == 0u);
}

BOOST_AUTO_TEST_CASE(a_write_stores_whole_objects_up_to_the_most_that_may_stay) {
  generated_objects made(1);
  const speed_result result = write(made);
  BOOST_TEST(!result.error);
  BOOST_TEST(result.objects == 10u);
  BOOST_TEST(result.bytes.value() == 1'000'000u);
  BOOST_TEST(world.target_blobs.visible.size() == 10u);
  for (const auto& [oid, bytes] : world.target_blobs.visible) BOOST_CHECK(blob_of(bytes).oid == oid);
}

BOOST_AUTO_TEST_CASE(a_target_that_refuses_ends_the_measurement) {
  generated_objects made(1);
  world.target_blobs.missing_fails = failure(errc::forbidden).blame(side::target);
  const speed_result result = write(made);
  BOOST_REQUIRE(result.error);
  BOOST_CHECK(result.error->code() == errc::forbidden);
  BOOST_TEST(result.objects == 0u);
}

BOOST_AUTO_TEST_CASE(the_newest_commit_of_the_default_branch_says_what_is_read) {
  const auto id = [](char digit) { return git_oid::from_hex(std::string(40, digit)).value(); };
  const auto name = [](const char* text) { return ref_name::parse(text).value(); };
  const lfs_object blob = blob_of("weights");
  pack_builder pack;
  pack.add_blob("version https://git-lfs.github.com/spec/v1\noid sha256:" + blob.oid.hex() + "\nsize 7\n");
  world.source_git.pack = pack.finish();
  auto& has = world.source_git.has;
  has.listing.refs = {{name("refs/heads/dev"), id('2')}, {name("refs/heads/main"), id('1')}};
  has.listing.default_branch = name("refs/heads/main");
  for (const bool deepens : {true, false}) {
    has.can_deepen = deepens;
    const auto found = run_task(objects_to_read(world.source_git, options.transfer, seen));
    BOOST_CHECK(found == std::vector<lfs_object>(1, blob));
    const fetch_request& asked = world.source_git.fetches.back();
    BOOST_CHECK(asked.wants == std::vector<git_oid>(1, id('1')));
    BOOST_TEST(asked.depth == (deepens ? 1u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(a_source_without_objects_says_so) {
  const auto ask = [&] { return run_task(objects_to_read(world.source_git, options.transfer, seen)); };
  const auto is_missing = [](const failed& broken) { return broken.why().code() == errc::object_missing; };
  BOOST_CHECK_EXCEPTION(ask(), failed, is_missing);
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/mirror_check.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace mirror_check_test {

ref_entry ref(const std::string& name, char digit) {
  return {ref_name::parse(name).value(), git_oid::from_hex(std::string(40, digit)).value()};
}

struct setting {
  step_counter steps;
  journal log;
  fake_git_source source{steps, log};
  fake_git_source target{steps, log};
  event_recorder watcher;
  mirror_result result;
  retry_policy retries{
      .retries = 1, .first_wait = std::chrono::milliseconds(1), .longest_wait = std::chrono::milliseconds(1)};

  setting() {
    result.stage = mirror_stage::updated;
    source.has.listing.refs = {ref("refs/heads/main", 'a'), ref("refs/tags/v1", 'b')};
    target.has.listing.refs = source.has.listing.refs;
  }
  void run() { run_task(check_update(source, target, retries, watcher, result)); }
};

}  // namespace mirror_check_test

BOOST_FIXTURE_TEST_SUITE(mirror_check_test, setting)

BOOST_AUTO_TEST_CASE(equal_refs_leave_the_host_s_word) {
  run();

  BOOST_CHECK(result.stage == mirror_stage::updated);
  BOOST_TEST(!result.error.has_value());
}

BOOST_AUTO_TEST_CASE(a_branch_with_another_value_takes_it_back) {
  target.has.listing.refs[0] = ref("refs/heads/main", 'c');
  run();

  BOOST_CHECK(result.stage == mirror_stage::updating);
  BOOST_REQUIRE(result.error.has_value());
  BOOST_CHECK(result.error->code() == errc::ref_mismatch);
  BOOST_CHECK(result.error->blamed() == side::target);
  BOOST_TEST(result.error->detail().find("1 of 2") != std::string::npos);
  BOOST_TEST(result.error->detail().find("refs/heads/main") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_missing_tag_takes_it_back) {
  target.has.listing.refs.pop_back();
  run();

  BOOST_REQUIRE(result.error.has_value());
  BOOST_TEST(result.error->detail().find("refs/tags/v1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refs_of_the_target_s_own_and_refs_of_no_branch_or_tag_stay_out_of_it) {
  source.has.listing.refs.push_back(ref("refs/pr/1", 'd'));
  target.has.listing.refs.push_back(ref("refs/tags/v2", 'd'));
  run();

  BOOST_CHECK(result.stage == mirror_stage::updated);
}

BOOST_AUTO_TEST_CASE(a_side_that_cannot_be_listed_is_told_and_changes_nothing) {
  for (const std::size_t step : {0U, 1U}) {
    steps = {};
    steps.fail_at = step;
    steps.with = failure(errc::unauthorized);
    watcher.events.clear();
    run();

    BOOST_CHECK(result.stage == mirror_stage::updated);
    BOOST_TEST(!result.error.has_value());
    BOOST_TEST(watcher.count<event::warning>() == 1u, "step " << step);
  }
}

BOOST_AUTO_TEST_CASE(a_listing_that_broke_is_tried_again) {
  steps.fail_at = 0;
  run();

  BOOST_TEST(result.retries == 1u);
  BOOST_TEST(watcher.count<event::warning>() == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_not_updated_is_not_looked_at) {
  result.stage = mirror_stage::updating;
  target.has.listing.refs.clear();
  run();

  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(steps.taken() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

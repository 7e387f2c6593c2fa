#include "engine/absent_target.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace absent_target_test {

bool is_internal(const failed& broken) {
  return broken.why().code() == errc::internal;
}

}  // namespace absent_target_test

BOOST_AUTO_TEST_SUITE(absent_target_test)

BOOST_AUTO_TEST_CASE(it_shows_no_ref_and_could_be_planned_for) {
  absent_target target;
  const target_listing shown = run_task(target.list(listed_refs::with_default_branch));
  BOOST_TEST(shown.listing.refs.empty());
  BOOST_TEST(!shown.listing.default_branch);
  BOOST_TEST(shown.can_atomic);
}

BOOST_AUTO_TEST_CASE(it_has_no_object) {
  absent_blobs blobs;
  const auto entries = run_task(blobs.locate({blob_of("one"), blob_of("two")}));
  BOOST_REQUIRE(entries.size() == 2u);
  for (const lfs::batch_entry& each : entries) {
    BOOST_TEST(!each.download);
    BOOST_TEST(each.error.has_value());
  }
  BOOST_CHECK_EXCEPTION(run_task(blobs.open(entries[0], byte_count(), connection_use::any, {})), failed,
                        [](const failed& broken) { return broken.why().code() == errc::object_missing; });
}

BOOST_AUTO_TEST_CASE(nobody_writes_to_it) {
  absent_target target;
  BOOST_CHECK_EXCEPTION(run_task(target.probe()), failed, is_internal);
  BOOST_CHECK_EXCEPTION(run_task(target.push({}, nullptr, {})), failed, is_internal);
}

BOOST_AUTO_TEST_SUITE_END()

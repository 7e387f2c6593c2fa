#include "protocol/git/type_runs.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/unprinted_types.hpp"

using namespace hfpipe;
using namespace hfpipe::git;

BOOST_AUTO_TEST_SUITE(type_runs_test)

BOOST_AUTO_TEST_CASE(every_entry_has_the_type_of_its_run) {
  type_runs runs(byte_count(1024));
  runs.add(12, object_type::commit);
  runs.add(40, object_type::commit);
  runs.add(90, object_type::blob);
  runs.add(std::uint64_t{1} << 40, object_type::tree);

  BOOST_TEST(runs.at(11) == object_type::unknown);
  BOOST_TEST(runs.at(12) == object_type::commit);
  BOOST_TEST(runs.at(40) == object_type::commit);
  BOOST_TEST(runs.at(90) == object_type::blob);
  BOOST_TEST(runs.at(5000) == object_type::blob);
  BOOST_TEST(runs.at(std::uint64_t{1} << 40) == object_type::tree);
}

BOOST_AUTO_TEST_CASE(a_run_costs_eight_bytes_however_long) {
  type_runs runs(byte_count(1024));
  for (std::uint64_t offset = 12; offset < 100'000; offset += 10) runs.add(offset, object_type::blob);

  BOOST_TEST(runs.held().value() == 8U);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_types_are_unknown_not_wrong) {
  type_runs runs(byte_count(16));
  runs.add(12, object_type::commit);
  runs.add(20, object_type::tree);
  runs.add(30, object_type::blob);
  runs.add(40, object_type::tree);

  BOOST_TEST(runs.at(12) == object_type::commit);
  BOOST_TEST(runs.at(20) == object_type::tree);
  BOOST_TEST(runs.at(30) == object_type::unknown);
  BOOST_TEST(runs.at(40) == object_type::unknown);
  BOOST_TEST(runs.held().value() <= 24U);
}

BOOST_AUTO_TEST_SUITE_END()

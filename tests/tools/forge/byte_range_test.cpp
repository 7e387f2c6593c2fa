#include "tools/forge/byte_range.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe::forge;

namespace byte_range_test {

struct row {
  const char* header;
  range_verdict verdict;
  byte_range range;
};

}  // namespace byte_range_test

BOOST_AUTO_TEST_SUITE(byte_range_test)

BOOST_AUTO_TEST_CASE(one_range_is_a_part_and_everything_odd_is_the_whole) {
  const row table[] = {
      {"bytes=0-", range_verdict::part, {0, 100}},
      {"bytes=10-19", range_verdict::part, {10, 20}},
      {"bytes=99-99", range_verdict::part, {99, 100}},
      {"bytes=90-1000", range_verdict::part, {90, 100}},
      {"bytes=-10", range_verdict::part, {90, 100}},
      {"bytes=-1000", range_verdict::part, {0, 100}},
      {"bytes=100-", range_verdict::unsatisfiable, {0, 100}},
      {"bytes=-0", range_verdict::unsatisfiable, {0, 100}},
      {"bytes=20-10", range_verdict::whole, {0, 100}},
      {"bytes=0-1,5-6", range_verdict::whole, {0, 100}},
      {"bytes=a-b", range_verdict::whole, {0, 100}},
      {"bytes=-", range_verdict::whole, {0, 100}},
      {"lines=0-1", range_verdict::whole, {0, 100}},
  };
  for (const row& each : table) {
    byte_range range;
    BOOST_TEST_CONTEXT(each.header) {
      BOOST_CHECK(read_range(each.header, 100, range) == each.verdict);
      if (each.verdict != range_verdict::unsatisfiable) BOOST_CHECK(range == each.range);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_header_is_the_whole) {
  byte_range range;

  BOOST_CHECK(read_range(std::nullopt, 7, range) == range_verdict::whole);
  BOOST_CHECK((range == byte_range{0, 7}));
}

BOOST_AUTO_TEST_SUITE_END()

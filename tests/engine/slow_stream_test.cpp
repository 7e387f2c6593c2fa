#include "engine/slow_stream.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(slow_stream_test)

BOOST_AUTO_TEST_CASE(less_than_a_quarter_of_the_middle_one_is_far_slower) {
  struct row {
    double due;
    std::vector<double> all;
    bool slow;
  };
  const std::vector<row> table{
      {24, {100, 24, 100}, true},
      {25, {100, 25, 100}, false},
      {24, {24, 100, 5000}, true},  // the fastest one does not count
      {24, {24, 90, 5000}, false},  // the middle one does
      {0, {0, 0, 100}, false},      // most are as slow
      {1, {1, 100}, false},         // none is the middle one
      {1, {1}, false},
      {1, {}, false},
      {10, {10, 10, 50, 60}, true},  // of an even number, the upper middle
      {0, {0, 1, 1, 1, 1, 1, 1, 1}, true},
  };
  for (const row& r : table) {
    BOOST_TEST_CONTEXT(r.due << " of " << r.all.size()) BOOST_TEST(is_far_slower(r.due, r.all) == r.slow);
  }
}

BOOST_AUTO_TEST_SUITE_END()

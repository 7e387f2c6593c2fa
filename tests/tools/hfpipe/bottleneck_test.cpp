#include "tools/hfpipe/bottleneck.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace hfpipe::cli;

BOOST_AUTO_TEST_SUITE(bottleneck_test)

BOOST_AUTO_TEST_CASE(the_side_that_is_waited_for_limits) {
  struct row {
    waiting_shares shares;
    std::string limit;
  };
  const std::vector<row> rows{{{0, 6, 1}, "source"},   {{0, 1, 6}, "target"},     {{0, 4, 3}, "both"},
                              {{0, 0, 0}, "both"},     {{0, 0.3, 0}, "both"},     {{0, 0.5, 0}, "source"},
                              {{9, 4, 4}, "memory"},   {{7, 4, 4}, "both"},       {{7, 8, 1}, "source"},
                              {{0.1, 0, 0}, "memory"}, {{9, 1, 1, 3}, "bwlimit"}, {{0, 2, 1, 3}, "source"},
                              {{0, 0, 0, 0.3}, "both"}};
  for (const auto& [shares, limit] : rows) {
    BOOST_TEST_CONTEXT(shares.for_memory << " " << shares.for_source << " " << shares.for_target) {
      BOOST_TEST(to_text(bottleneck_of(shares, 8).value()) == limit);
    }
  }
}

BOOST_AUTO_TEST_CASE(without_relays_nothing_limits) {
  BOOST_TEST(!bottleneck_of({9, 9, 9}, 0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

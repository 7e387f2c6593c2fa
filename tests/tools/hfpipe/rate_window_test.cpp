#include "tools/hfpipe/rate_window.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe::cli;
using namespace std::chrono_literals;

namespace rate_window_test {

const time_point start{1h};

}  // namespace rate_window_test

BOOST_AUTO_TEST_SUITE(rate_window_test)

BOOST_AUTO_TEST_CASE(nothing_told_is_no_rate) {
  BOOST_TEST(rate_window().per_second(start) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_steady_total_has_its_rate) {
  rate_window window;
  for (unsigned n = 0; n <= 20; ++n) window.add(start + n * 1s, n * 100U);
  BOOST_TEST(window.per_second(start + 20s) == 100.0);
}

BOOST_AUTO_TEST_CASE(only_the_last_seconds_count) {
  rate_window window(10s);
  window.add(start, 0);
  window.add(start + 1s, 1'000'000);
  for (unsigned n = 2; n <= 30; ++n) window.add(start + n * 1s, 1'000'000);
  BOOST_TEST(window.per_second(start + 30s) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_total_that_stopped_slows_down) {
  rate_window window(10s);
  for (unsigned n = 0; n <= 10; ++n) window.add(start + n * 1s, n * 100U);
  const double before = window.per_second(start + 10s);
  const double after = window.per_second(start + 15s);
  BOOST_TEST(after < before);
  BOOST_TEST(window.per_second(start + 60s) == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

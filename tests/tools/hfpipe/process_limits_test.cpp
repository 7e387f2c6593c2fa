#include "tools/hfpipe/process_limits.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace hfpipe;
using namespace hfpipe::cli;

BOOST_AUTO_TEST_SUITE(process_limits_test)

BOOST_AUTO_TEST_CASE(the_peak_of_memory_grows_with_use_and_stays) {
  const auto before = peak_rss();
  { std::vector<char> touched((64U << 20) + before.as_size(), 1); }
  const auto after = peak_rss();
  BOOST_TEST(after.value() >= before.value() + (60U << 20));
  BOOST_TEST(peak_rss().value() >= after.value());
}

BOOST_AUTO_TEST_CASE(the_time_of_the_processor_grows_with_work) {
  const auto before = cpu_seconds();
  volatile unsigned sum = 0;
  while (cpu_seconds() <= before) sum = sum + 1;
  BOOST_TEST(cpu_seconds() > before);
}

BOOST_AUTO_TEST_SUITE_END()

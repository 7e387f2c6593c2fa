#include "tools/hfpipe/process_limits.hpp"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#ifdef __linux__
#include <sys/prctl.h>
#endif
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

#ifdef __linux__
BOOST_AUTO_TEST_CASE(as_many_connections_are_allowed_as_the_system_allows) {
  rlimit files{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &files) == 0);
  const rlimit low{files.rlim_max / 2, files.rlim_max};
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);

  settle_process();

  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &files) == 0);
  BOOST_TEST(files.rlim_cur == files.rlim_max);
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);  // the search for leaks looks inside
}

BOOST_AUTO_TEST_CASE(no_core_is_written_and_no_other_process_may_look_inside) {
  settle_process();

  rlimit core{1, 1};
  BOOST_TEST(getrlimit(RLIMIT_CORE, &core) == 0);
  BOOST_TEST(core.rlim_cur == 0u);
  BOOST_TEST(core.rlim_max == 0u);
  BOOST_TEST(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);  // the search for leaks looks inside
}
#endif

BOOST_AUTO_TEST_SUITE_END()

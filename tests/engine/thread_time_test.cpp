#include "engine/thread_time.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <thread>

using namespace hfpipe;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(thread_time_test)

BOOST_AUTO_TEST_CASE(it_goes_on_while_the_thread_works_and_stands_still_while_it_sleeps) {
  const duration before = thread_time();
  while (thread_time() < before + 5ms) continue;
  const duration worked = thread_time();
  std::this_thread::sleep_for(100ms);
  BOOST_TEST((thread_time() - worked < 50ms));
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/thread_demand.hpp"

#include <sched.h>
#include <time.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

using namespace hfpipe;
using namespace std::chrono_literals;

namespace thread_demand_test {

/// This thread, and those that it starts, on one processor.
class one_processor {
 public:
  one_processor() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int n = 0; n < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++n) {
      if (CPU_ISSET(n, &before_)) CPU_SET(n, &one);
    }
    sched_setaffinity(0, sizeof one, &one);
  }
  one_processor(const one_processor&) = delete;
  one_processor& operator=(const one_processor&) = delete;
  ~one_processor() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

duration ran() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace thread_demand_test

BOOST_AUTO_TEST_SUITE(thread_demand_test)

BOOST_AUTO_TEST_CASE(it_goes_on_while_the_thread_works_and_stands_still_while_it_sleeps) {
  const duration before = thread_demand();
  while (thread_demand() < before + 5ms) continue;
  const duration worked = thread_demand();
  std::this_thread::sleep_for(100ms);
  BOOST_TEST((thread_demand() - worked < 50ms));
}

BOOST_AUTO_TEST_CASE(a_thread_that_waits_for_its_turn_wants_the_processor_too) {
  if (!std::filesystem::exists("/proc/thread-self/schedstat")) return;
  const thread_demand_test::one_processor shared;
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done) continue;
  });
  const duration wanted = thread_demand();
  const duration had = ran();
  while (thread_demand() - wanted < ran() - had + 5ms) continue;  // for ever, if only what it ran were counted
  done = true;
  other.join();
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/thread_demand.hpp"

#include <sched.h>
#include <time.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>
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
  bool is_one() const {
    cpu_set_t now;
    return sched_getaffinity(0, sizeof now, &now) == 0 && CPU_COUNT(&now) == 1;
  }

 private:
  cpu_set_t before_;
};

/// A kernel may have the file, and keep no figures.
bool system_counts_turns() {
  std::this_thread::sleep_for(1ms);
  std::ifstream file("/proc/thread-self/schedstat");
  std::uint64_t ran_for = 0, waited = 0, turns = 0;
  return file >> ran_for >> waited >> turns && turns != 0;
}

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
  // After a sleep a busy machine may let it wait for its turn: some sleep costs less than it lasts.
  duration slept{};
  do {
    const duration worked = thread_demand();
    std::this_thread::sleep_for(100ms);
    slept = thread_demand() - worked;
  } while (slept >= 50ms);
}

BOOST_AUTO_TEST_CASE(a_thread_that_waits_for_its_turn_wants_the_processor_too) {
  if (!thread_demand_test::system_counts_turns()) return;
  const thread_demand_test::one_processor shared;
  BOOST_TEST_REQUIRE(shared.is_one());
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

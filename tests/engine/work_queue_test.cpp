#include "engine/work_queue.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <numeric>

#include "engine/nursery.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace work_queue_test {

using number_queue = work_queue<std::unique_ptr<int>>;

struct fixture {
  number_queue queue;
  std::vector<int> taken;

  /// 0 to `count`, with less than `ahead` waiting before each group of `group`.
  task<> prepare(int count, int group, std::size_t ahead) {
    for (int n = 0; n < count;) {
      co_await queue.until_below(ahead);
      for (int end = std::min(n + group, count); n < end; ++n) queue.put(std::make_unique<int>(n));
    }
    queue.end();
  }
  task<> take_all() {
    while (std::optional<std::unique_ptr<int>> next = co_await queue.take()) taken.push_back(**next);
  }
  task<> take_groups(std::size_t most) {
    for (;;) {
      const std::vector<std::unique_ptr<int>> some = co_await queue.take_some(most);
      if (some.empty()) co_return;
      BOOST_TEST(some.size() <= most);
      for (const auto& each : some) taken.push_back(*each);
    }
  }
  void run_both(task<> one, task<> other) {
    auto both = [&](nursery& row) -> task<> {
      co_await row.start(std::move(one));
      co_await row.start(std::move(other));
    };
    run_task(nursery::run(2, both));
  }
};

std::vector<int> up_to(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

}  // namespace work_queue_test

BOOST_FIXTURE_TEST_SUITE(work_queue_test, fixture)

BOOST_AUTO_TEST_CASE(everything_comes_once_and_in_order_whoever_is_faster) {
  for (const int group : {1, 3, 7}) {
    for (const std::size_t ahead : {1U, 2U, 20U}) {
      fixture one;
      one.run_both(one.prepare(20, group, ahead), one.take_all());
      BOOST_TEST((one.taken == up_to(20)));
      fixture other;
      other.run_both(other.take_groups(4), other.prepare(20, group, ahead));
      BOOST_TEST((other.taken == up_to(20)));
    }
  }
}

BOOST_AUTO_TEST_CASE(who_prepares_waits_until_few_enough_are_left) {
  asio::io_context loop;
  for (int n = 0; n < 3; ++n) queue.put(std::make_unique<int>(n));
  spawned_task waiting(loop, queue.until_below(2));
  loop.poll();
  BOOST_TEST(!waiting.done());
  for (const bool enough : {false, true}) {
    run_task(loop, queue.take());
    loop.restart();
    loop.poll();
    BOOST_TEST(waiting.done() == enough);
  }
}

BOOST_AUTO_TEST_CASE(who_waits_can_be_cancelled_and_takes_nothing) {
  asio::io_context loop;
  const std::optional<failure> broken = run_cancelled(loop, take_all(), [] { return false; });
  BOOST_TEST((broken.value().code() == errc::cancelled));
  queue.put(std::make_unique<int>(7));
  queue.end();
  run_task(loop, take_all());
  BOOST_TEST((taken == std::vector<int>{7}));
}

BOOST_AUTO_TEST_CASE(what_was_put_before_the_end_is_still_taken) {
  queue.put(std::make_unique<int>(1));
  queue.end();
  run_task(take_all());
  BOOST_TEST((taken == std::vector<int>{1}));
  BOOST_TEST(!run_task(queue.take()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

#include "transports/rate_plan.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace hfpipe;
using namespace std::chrono_literals;

namespace rate_plan_test {

using time_point = std::chrono::steady_clock::time_point;
constexpr time_point start{1h};

}  // namespace rate_plan_test

BOOST_AUTO_TEST_SUITE(rate_plan_test)

BOOST_AUTO_TEST_CASE(a_slot_begins_where_the_last_one_ends_and_lasts_as_long_as_its_amount) {
  struct row {
    double per_second, amount;
    duration taken_until, due, next;  // from `start`, which is now
  };
  const std::vector<row> rows{
      {1000, 100, -1h, -100ms, 0ms},      // idle for long: only the slack is left of it
      {1000, 100, -50ms, -50ms, 50ms},    // idle for less
      {1000, 100, 0ms, 0ms, 100ms},       // in step
      {1000, 100, 700ms, 700ms, 800ms},   // others come first
      {1000, 3000, -1h, -100ms, 2900ms},  // more than a second's worth
      {0.5, 1, -1h, -100ms, 1900ms},      // one in two seconds
      {0.5, 1, 1900ms, 1900ms, 3900ms},  {1e9, 1'000'000, 0ms, 0ms, 1ms},
  };
  for (const row& each : rows) {
    const rate_slot slot = next_slot(each.per_second, each.amount, start + each.taken_until, start);
    BOOST_TEST_CONTEXT(each.per_second << "/s, " << each.amount << " behind " << each.taken_until.count()) {
      BOOST_TEST((slot.due - start).count() == each.due.count());
      BOOST_TEST((slot.next - start).count() == each.next.count());
    }
  }
}

BOOST_AUTO_TEST_CASE(pieces_are_20_ms_of_the_rate_and_worth_a_packet) {
  struct row {
    double per_second;
    std::size_t available, piece;
  };
  const std::vector<row> rows{
      {1024, 500'000, 256},     {1024, 100, 100},       {50'000, 500'000, 1000},
      {1e6, 500'000, 20'000},   {1e6, 20'000, 20'000},  {1e6, 20'001, 20'000},
      {1e12, 500'000, 500'000}, {12'800, 500'000, 256}, {12'900, 500'000, 258},
  };
  for (const row& each : rows) {
    BOOST_TEST_CONTEXT(each.per_second << "/s of " << each.available) {
      BOOST_TEST(paced_piece(each.per_second, each.available) == each.piece);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

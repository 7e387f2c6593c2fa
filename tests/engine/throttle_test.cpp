#include "engine/throttle.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace std::chrono_literals;

namespace throttle_test {

constexpr throttle::time_point start{1h};

}  // namespace throttle_test

BOOST_AUTO_TEST_SUITE(throttle_test)

BOOST_AUTO_TEST_CASE(nobody_waits_unasked) {
  const throttle fresh;
  for (const side which : {side::unknown, side::source, side::target}) BOOST_CHECK(fresh.wait_for(which, start) == 0s);
}

BOOST_AUTO_TEST_CASE(only_the_side_that_asked_is_left_alone_and_only_until_then) {
  throttle held;
  BOOST_TEST(held.hold(side::source, start + 5s));
  BOOST_CHECK(held.wait_for(side::source, start + 2s) == 3s);
  BOOST_CHECK(held.wait_for(side::source, start + 5s) == 0s);
  BOOST_CHECK(held.wait_for(side::source, start + 9s) == 0s);
  BOOST_CHECK(held.wait_for(side::target, start) == 0s);
}

BOOST_AUTO_TEST_CASE(the_latest_moment_counts) {
  throttle held;
  held.hold(side::target, start + 5s);
  BOOST_TEST(!held.hold(side::target, start + 3s));
  BOOST_TEST(held.hold(side::target, start + 8s));
  BOOST_CHECK(held.wait_for(side::target, start) == 8s);
}

BOOST_AUTO_TEST_CASE(an_unknown_side_is_never_held_back) {
  throttle held;
  BOOST_TEST(!held.hold(side::unknown, start + 5s));
  BOOST_CHECK(held.wait_for(side::unknown, start) == 0s);
}

BOOST_AUTO_TEST_CASE(trap_13_a_429_speaks_to_all_and_a_503_when_it_names_a_wait) {
  BOOST_TEST(asks_all_to_wait(failure(errc::rate_limited)));
  BOOST_TEST(asks_all_to_wait(failure(errc::server_failed).retry_after(3s)));
  BOOST_TEST(!asks_all_to_wait(failure(errc::server_failed)));
  BOOST_TEST(!asks_all_to_wait(failure(errc::connection_lost)));
}

BOOST_AUTO_TEST_SUITE_END()

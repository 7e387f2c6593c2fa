#include "tools/hfpipe/run_limits.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::cli;

BOOST_AUTO_TEST_SUITE(run_limits_test)

BOOST_AUTO_TEST_CASE(what_is_wanted_is_in_force) {
  run_limits limits({.bytes = byte_count(5000), .requests = 0.5});
  BOOST_TEST(limits.any());
  BOOST_CHECK(limits.in_force().bytes == byte_count(5000));
  BOOST_CHECK(limits.in_force().requests == 0.5);
}

BOOST_AUTO_TEST_CASE(the_limit_of_bytes_is_lifted_and_set_again) {
  run_limits limits({.bytes = byte_count(5000), .requests = 2});
  BOOST_TEST(limits.toggle_bytes());
  BOOST_CHECK(!limits.in_force().bytes);
  BOOST_CHECK(limits.in_force().requests == 2);
  BOOST_TEST(limits.toggle_bytes());
  BOOST_CHECK(limits.in_force().bytes == byte_count(5000));
}

BOOST_AUTO_TEST_CASE(a_rate_that_was_set_meanwhile_is_the_one_that_comes_back) {
  run_limits limits({.bytes = byte_count(5000)});
  limits.bytes().set_rate(7000);
  BOOST_TEST(limits.toggle_bytes());
  BOOST_TEST(limits.toggle_bytes());
  BOOST_CHECK(limits.in_force().bytes == byte_count(7000));
}

BOOST_AUTO_TEST_CASE(without_a_limit_there_is_nothing_to_lift) {
  run_limits limits({});
  BOOST_TEST(!limits.any());
  BOOST_TEST(!limits.toggle_bytes());
  BOOST_CHECK(!limits.in_force().bytes);
}

BOOST_AUTO_TEST_SUITE_END()

#include "tools/hfpipe/repeats.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe::cli;
using namespace std::chrono_literals;

namespace repeats_test {

constexpr time_point start{};

}  // namespace repeats_test

BOOST_AUTO_TEST_SUITE(repeats_test)

BOOST_AUTO_TEST_CASE(the_first_is_told_at_once) {
  repeats lines;
  BOOST_TEST(lines.add("a", start).value_or("") == "a");
}

BOOST_AUTO_TEST_CASE(one_that_follows_is_told_later_as_it_is) {
  repeats lines;
  lines.add("a", start);
  BOOST_TEST(!lines.add("b", start + 1s).has_value());
  BOOST_TEST(!lines.due(start + 9s).has_value());
  BOOST_TEST(lines.due(start + 10s).value_or("") == "b");
  BOOST_TEST(!lines.due(start + 60s).has_value());
}

BOOST_AUTO_TEST_CASE(a_storm_is_a_line_now_and_then) {
  repeats lines;
  std::size_t told = 0;
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    const auto line = lines.add("x" + std::to_string(i), start + i * 10ms);
    if (!line) continue;
    ++told;
    last = *line;
  }
  BOOST_TEST(told == 10u);
  BOOST_TEST(last == "x9000 (and 999 more like it)");
}

BOOST_AUTO_TEST_CASE(after_a_pause_the_next_is_the_first_again) {
  repeats lines;
  lines.add("a", start);
  BOOST_TEST(lines.add("b", start + 10s).value_or("") == "b");
}

BOOST_AUTO_TEST_SUITE_END()

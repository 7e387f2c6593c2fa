#include "tools/hfpipe/duration_text.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(duration_text_test)

BOOST_AUTO_TEST_CASE(spans_are_read_as_people_write_them) {
  const std::vector<std::pair<std::string, duration>> rows{{"5s", 5s},       {"2m", 2min},     {"1h", 1h},
                                                           {"1h30m", 90min}, {"500ms", 500ms}, {"1.5s", 1500ms},
                                                           {"30", 30s},      {"1m5s", 65s},    {"7d", 168h}};
  for (const auto& [text, span] : rows) BOOST_TEST_CONTEXT(text) BOOST_CHECK(parse_duration(text).value() == span);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  for (const auto* text : {"", "s", "-5s", "+5s", "5 s", "5x", "5s ", "1h30", "0", "0s", "0.0001s", "8d", "1e9s", "nan",
                           "99999999999999999999999999h", "5ss"}) {
    BOOST_TEST_CONTEXT("'" << text << "'") {
      const auto read = parse_duration(text);
      BOOST_REQUIRE(!read.has_value());
      BOOST_CHECK(read.error().code() == errc::bad_option);
    }
  }
}

BOOST_AUTO_TEST_CASE(clocks_show_hours_only_when_there_are_some) {
  BOOST_TEST(clock_text(7s) == "0:07");
  BOOST_TEST(clock_text(750s) == "12:30");
  BOOST_TEST(clock_text(3723s) == "1:02:03");
  BOOST_TEST(clock_text(-1s) == "0:00");
}

BOOST_AUTO_TEST_CASE(sentences_lose_precision_as_spans_grow) {
  BOOST_TEST(spoken_text(400ms) == "0.4 s");
  BOOST_TEST(spoken_text(42s) == "42 s");
  BOOST_TEST(spoken_text(125s) == "2 m 05 s");
  BOOST_TEST(spoken_text(3720s) == "1 h 02 m");
}

BOOST_AUTO_TEST_SUITE_END()

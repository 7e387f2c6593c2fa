#include "tools/hfpipe/amount_text.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <set>

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(amount_text_test)

BOOST_AUTO_TEST_CASE(a_unit_that_both_amounts_share_is_written_once) {
  BOOST_TEST(amount_text(byte_count(1536), byte_count(4096)) == "1.5 / 4.0 KiB");
  BOOST_TEST(amount_text(byte_count(12), byte_count(4096)) == "12 B / 4.0 KiB");
}

BOOST_AUTO_TEST_CASE(a_rate_that_cannot_be_is_a_rate_still) {
  BOOST_TEST(rate_text(2048) == "2.0 KiB/s");
  BOOST_TEST(rate_text(-1) == "0 B/s");
  BOOST_TEST(rate_text(std::numeric_limits<double>::infinity()).ends_with("/s"));
}

BOOST_AUTO_TEST_CASE(seconds_are_whole_and_never_negative) {
  BOOST_TEST(seconds_text(12'900ms) == "12 s");
  BOOST_TEST(seconds_text(-5s) == "0 s");
  BOOST_TEST(seconds_text(125s) == "2 m 05 s");
}

BOOST_AUTO_TEST_CASE(only_one_is_singular) {
  BOOST_TEST(counted(0, "ref") == "0 refs");
  BOOST_TEST(counted(1, "ref") == "1 ref");
  BOOST_TEST(counted(2, "ref") == "2 refs");
}

BOOST_AUTO_TEST_CASE(every_step_has_words_of_its_own) {
  std::set<std::string_view> said;
  for (int n = 0; n <= static_cast<int>(event::step::checking); ++n) said.insert(spoken(static_cast<event::step>(n)));
  BOOST_TEST(said.size() == static_cast<std::size_t>(event::step::checking) + 1);
}

BOOST_AUTO_TEST_SUITE_END()

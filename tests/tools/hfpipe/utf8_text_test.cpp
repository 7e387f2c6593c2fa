#include "tools/hfpipe/utf8_text.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using hfpipe::cli::valid_utf8;

BOOST_AUTO_TEST_SUITE(utf8_text_test)

BOOST_AUTO_TEST_CASE(valid_text_stays) {
  for (const std::string text : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf",
                                 "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(valid_utf8(text) == text);
  }
}

BOOST_AUTO_TEST_CASE(each_byte_that_is_not_text_becomes_one_mark) {
  const std::string mark = "\xef\xbf\xbd";
  const std::vector<std::pair<std::string, std::size_t>> rows{
      {"\x80", 1}, {"\xff", 1},     {"\xc0\xaf", 2},     {"\xe0\x80\x80", 3},     {"\xed\xa0\x80", 3},
      {"\xc3", 1}, {"\xe2\x82", 2}, {"\xf0\x9f\x98", 3}, {"\xf4\x90\x80\x80", 4}, {"\xf5\x80\x80\x80", 4}};
  for (const auto& [bytes, marks] : rows) {
    std::string wanted = "a";
    for (std::size_t i = 0; i < marks; ++i) wanted += mark;
    BOOST_TEST(valid_utf8("a" + bytes + "b") == wanted + "b");
  }
}

BOOST_AUTO_TEST_SUITE_END()

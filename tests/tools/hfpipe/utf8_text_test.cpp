#include "tools/hfpipe/utf8_text.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using hfpipe::cli::clipped;
using hfpipe::cli::columns_of;
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

BOOST_AUTO_TEST_CASE(columns_are_not_bytes) {
  const std::vector<std::pair<std::string, std::size_t>> rows{{"", 0},
                                                              {"plain", 5},
                                                              {"h\xc3\xa4ms", 4},
                                                              {"e\xcc\x81", 1},                 // e and an accent
                                                              {"\xe6\xa8\xa1\xe5\x9e\x8b", 4},  // two han characters
                                                              {"\xf0\x9f\xa4\x97", 2},          // the hugging face
                                                              {"\xe2\x80\xa6", 1},              // the mark of a cut
                                                              {"\xff\xfe", 2}};
  for (const auto& [text, columns] : rows) BOOST_TEST_CONTEXT(text) BOOST_TEST(columns_of(text) == columns);
}

BOOST_AUTO_TEST_CASE(a_cut_is_marked_and_tears_no_character) {
  const std::string mark = "\xe2\x80\xa6", han = "\xe6\xa8\xa1";
  BOOST_TEST(clipped("plain", 5) == "plain");
  BOOST_TEST(clipped("plain", 4) == "pla" + mark);
  BOOST_TEST(clipped("plain", 1) == mark);
  BOOST_TEST(clipped("plain", 0) == "");
  BOOST_TEST(clipped("h\xc3\xa4ms", 3) == "h\xc3\xa4" + mark);
  BOOST_TEST(clipped(han + han + han, 4) == han + mark);
  BOOST_TEST(clipped("e\xcc\x81"
                     "abc",
                     2) == "e\xcc\x81" + mark);
}

BOOST_AUTO_TEST_CASE(no_cut_is_wider_than_asked) {
  const std::string text = "a\xe6\xa8\xa1\xcc\x81\xff\xf0\x9f\xa4\x97 b\xc3\xa4";
  for (std::size_t columns = 0; columns < 12; ++columns) {
    BOOST_TEST_CONTEXT(columns) BOOST_TEST(columns_of(clipped(text, columns)) <= columns);
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "tools/hfpipe/row_list.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe::cli;

BOOST_AUTO_TEST_SUITE(row_list_test)

BOOST_AUTO_TEST_CASE(no_rows_are_no_text) {
  BOOST_TEST(row_list("failed").text().empty());
}

BOOST_AUTO_TEST_CASE(one_row_is_one_line_with_its_reason) {
  row_list rows("rejected");
  rows.add("refs/heads/main", "declined");
  BOOST_TEST(rows.text() == "    rejected refs/heads/main: declined\n");
}

BOOST_AUTO_TEST_CASE(rows_of_one_reason_stand_below_it) {
  row_list rows("rejected");
  rows.add("a", "declined");
  rows.add("b", "hidden");
  rows.add("c", "declined");
  BOOST_TEST(rows.text() == "    rejected 2 for: declined\n      a\n      c\n    rejected b: hidden\n");
}

BOOST_AUTO_TEST_CASE(rows_without_a_reason_are_listed_one_by_one) {
  row_list rows("create");
  rows.add("a");
  rows.add("b");
  BOOST_TEST(rows.text() == "    create a\n    create b\n");
}

BOOST_AUTO_TEST_CASE(what_nobody_would_read_is_counted) {
  row_list rows("failed");
  for (std::size_t n = 0; n < most_listed_rows + 7; ++n) rows.add("x", "late");
  for (std::size_t n = 0; n < most_reasons + 2; ++n) rows.add("y", "reason " + std::to_string(n));
  BOOST_TEST(rows.text().find("      and 7 more (") != std::string::npos);
  BOOST_TEST(rows.text().ends_with("    failed 3 for other reasons (--format json lists all)\n"));
}

BOOST_AUTO_TEST_SUITE_END()

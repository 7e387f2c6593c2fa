#include "tools/hfpipe/verify_summary.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/tools/hfpipe/verify_reports.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;

namespace verify_summary_test {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace verify_summary_test

BOOST_AUTO_TEST_SUITE(verify_summary_test)

BOOST_AUTO_TEST_CASE(a_true_copy_is_said_in_a_few_lines) {
  BOOST_TEST(summary_of(testing::same_report()) ==
             "same, with objects that neither side has  https://huggingface.co/o/n\n"
             "                                      to  https://h.example/g/n.git\n"
             "  refs     1 ref compared\n"
             "  objects  3 objects (300 B), 2 on the target\n"
             "    on neither side " +
                 std::string(64, 'c') +
                 " (100 B)\n"
                 "  history  4.0 KiB, 12 Git objects read\n"
                 "  took     2.5 s, 2.0 KiB of memory at most\n");
}

BOOST_AUTO_TEST_CASE(differences_are_listed_with_both_values_and_what_repairs_them) {
  const auto text = summary_of(testing::different_report());
  BOOST_TEST(text.starts_with("different  https://huggingface.co/o/n\n"), text);
  BOOST_TEST(contains(text, "4 refs compared, 3 different"), text);
  BOOST_TEST(contains(text, "different refs/heads/main (source 222222222222, target 111111111111)"), text);
  BOOST_TEST(contains(text, "different refs/heads/dev (source 222222222222, target has none)"), text);
  BOOST_TEST(contains(text, "missing " + std::string(64, 'a') + " (100 B)"), text);
  BOOST_TEST(contains(text, "wrong " + std::string(64, 'b')), text);
  BOOST_TEST(contains(text, "hfpipe copy --mirror --lfs all makes"), text);
  BOOST_TEST(contains(text, "must be deleted on the target"), text);
}

BOOST_AUTO_TEST_CASE(a_comparison_that_broke_off_is_no_verdict) {
  auto report = testing::different_report();
  report.result.error = failure(errc::cannot_connect);
  report.code = exit_code::temporary;
  BOOST_TEST(summary_of(report).starts_with("not verified  "));
}

BOOST_AUTO_TEST_CASE(what_was_read_back_is_counted_when_it_was_asked_for) {
  auto report = testing::same_report();
  BOOST_TEST(!contains(summary_of(report), "read back"));
  report.depth = verify_depth::bytes;
  report.result.proven = 2;
  BOOST_TEST(contains(summary_of(report), "2 read back and right"));
}

BOOST_AUTO_TEST_SUITE_END()

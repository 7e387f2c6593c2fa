#include "tools/hfpipe/result_summary.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/tools/hfpipe/full_report.hpp"
#include "tools/hfpipe/row_list.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;

namespace result_summary_test {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace result_summary_test

BOOST_AUTO_TEST_SUITE(result_summary_test)

BOOST_AUTO_TEST_CASE(a_run_in_part_says_what_is_missing_and_why) {
  BOOST_TEST(summary_of(testing::full_report()) ==
             "partly copied  https://huggingface.co/o/n\n"
             "           to  https://h.example/g/n.git\n"
             "  refs     1 created, 1 not reached\n"
             "    failed refs/heads/main: not reached\n"
             "  objects  5 sent (500 B), 2 there already (200 B), 1 missing at the source, 1 failed\n"
             "    failed " +
                 std::string(64, 'b') +
                 ": nothing arrived in time: for 30 s\n"
                 "    missing " +
                 std::string(64, 'a') +
                 " (100 B)\n"
                 "  pack     4.0 KiB, 12 Git objects\n"
                 "  took     2.5 s, 1.8 KiB/s on average, 2.0 KiB of memory at most, retried 3 times\n");
}

BOOST_AUTO_TEST_CASE(nothing_to_do_is_short) {
  run_report report;
  report.source = "a";
  report.target = "b";
  BOOST_TEST(summary_of(report) ==
             "nothing to do  a\n"
             "           to  b\n"
             "  refs     none\n"
             "  objects  none\n"
             "  took     0.0 s, 0 B of memory at most\n");
}

BOOST_AUTO_TEST_CASE(the_headline_says_what_happened) {
  auto report = testing::full_report();
  report.result.refs[1].status = ref_status::failed;
  BOOST_TEST(summary_of(report).starts_with("not copied  "));
  report.result.error.reset();
  BOOST_TEST(summary_of(report).starts_with("copied  "));
  report.result.lfs.sent = 0;
  BOOST_TEST(summary_of(report).starts_with("nothing to do  "));
}

BOOST_AUTO_TEST_CASE(objects_that_nobody_looked_at_are_not_called_none) {
  const auto one = git_oid::from_hex(std::string(40, '1')).value();
  run_report report;
  report.result.refs = {
      {ref_name::parse("refs/heads/main").value(), ref_action::up_to_date, one, one, ref_status::ok, ""}};
  BOOST_TEST(contains(summary_of(report), "objects  not checked, as no ref moves (--lfs all sends"));
  report.lfs = lfs_mode::all;
  BOOST_TEST(contains(summary_of(report), "objects  none"));
}

BOOST_AUTO_TEST_CASE(objects_that_a_stopped_run_did_not_reach_are_counted) {
  auto report = testing::full_report();
  report.result.error = failure(errc::cancelled);
  BOOST_TEST(!contains(summary_of(report), "1 failed, "));

  report.result.lfs.objects += 3;
  report.result.lfs.bytes += byte_count(300);

  BOOST_TEST(contains(summary_of(report), "1 failed, 3 not reached (300 B)\n"), summary_of(report));
}

BOOST_AUTO_TEST_CASE(failures_are_gathered_by_their_reason) {
  auto report = testing::full_report();
  const auto timed_out = report.result.lfs.failed[0];
  report.result.lfs.failed.assign(322, timed_out);
  report.result.lfs.failed.push_back({testing::blob('c'), failure(errc::forbidden)});
  const auto text = summary_of(report);
  BOOST_TEST(contains(text, "    failed 322 for: nothing arrived in time: for 30 s\n      bbbb"), text);
  BOOST_TEST(contains(text, "      and 312 more"), text);
  BOOST_TEST(contains(text, "    failed " + std::string(64, 'c') + ": "), text);
}

BOOST_AUTO_TEST_CASE(a_dry_run_lists_each_ref_with_both_values) {
  auto report = testing::full_report();
  report.mode = run_mode::dry_run;
  report.result.error.reset();
  for (auto& row : report.result.refs) row.status = ref_status::planned;
  const auto text = summary_of(report);
  BOOST_TEST(contains(text, "    update refs/heads/main  111111111111 -> 222222222222\n"), text);
  BOOST_TEST(contains(text, "    create refs/tags/v1  none -> 222222222222\n"), text);
}

BOOST_AUTO_TEST_CASE(a_run_that_failed_before_its_plan_says_nothing_of_refs) {
  run_report report;
  report.result.error = failure(errc::cannot_connect);
  BOOST_TEST(!contains(summary_of(report), "refs"));
  BOOST_TEST(!contains(summary_of(report), "objects"));
}

BOOST_AUTO_TEST_CASE(a_dry_run_speaks_of_the_future) {
  auto report = testing::full_report();
  report.mode = run_mode::dry_run;
  report.result.error.reset();
  report.result.lfs.failed.clear();
  for (auto& row : report.result.refs) row.status = ref_status::planned;
  const auto text = summary_of(report);
  BOOST_TEST(contains(text, "would copy  https://huggingface.co/o/n"));
  BOOST_TEST(contains(text, "1 to create, 1 to update"));
  BOOST_TEST(contains(text, "6 to send (600 B)"));
  BOOST_TEST(!contains(text, "on average"));
}

BOOST_AUTO_TEST_CASE(long_lists_are_counted) {
  auto report = testing::full_report();
  report.result.lfs.missing.assign(most_listed_rows + 5, report.result.lfs.missing[0]);
  BOOST_TEST(contains(summary_of(report), "and 5 more"));
}

BOOST_AUTO_TEST_CASE(what_a_server_said_cannot_touch_the_terminal) {
  auto report = testing::full_report();
  report.result.refs[0].reason = "a\x1b[2Jb";
  BOOST_TEST(!contains(summary_of(report), "\x1b"));
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/ref_push.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

namespace {

ref_name name(const char* text) {
  return ref_name::parse(text).value();
}
git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

const ref_name main_branch = name("refs/heads/main");

ref_row update_row() {
  return {main_branch, ref_action::update, id('1'), id('2'), ref_status::planned, {}};
}

git::push_report report_of(bool accepted, std::string reason) {
  git::push_report report;
  report.unpacked = true;
  report.verdicts.push_back({main_branch, accepted, std::move(reason)});
  return report;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ref_push_test)

BOOST_AUTO_TEST_CASE(rows_are_judged_by_what_the_target_shows) {
  const failure lost(errc::connection_lost);
  const failure refused(errc::forbidden);
  const git::push_report yes = report_of(true, {});
  const git::push_report no = report_of(false, "hook declined");
  struct row {
    const char* what;
    ref_list now;
    const git::push_report* report;
    const failure* broke;
    ref_status status;
  };
  const std::vector<row> table{
      {"in place, accepted", {{main_branch, id('2')}}, &yes, nullptr, ref_status::ok},
      {"in place although the connection broke", {{main_branch, id('2')}}, nullptr, &lost, ref_status::ok},
      {"in place although the report says no", {{main_branch, id('2')}}, &no, nullptr, ref_status::ok},
      {"refused", {{main_branch, id('1')}}, &no, nullptr, ref_status::rejected},
      {"accepted but not there", {{main_branch, id('1')}}, &yes, nullptr, ref_status::failed},
      {"moved by somebody else", {{main_branch, id('3')}}, &yes, nullptr, ref_status::failed},
      {"gone", {}, &yes, nullptr, ref_status::failed},
      {"broke off, untouched: may be tried again", {{main_branch, id('1')}}, nullptr, &lost, ref_status::planned},
      {"forbidden", {{main_branch, id('1')}}, nullptr, &refused, ref_status::failed},
  };
  for (const auto& r : table) {
    BOOST_TEST_CONTEXT(r.what) {
      std::vector<ref_row> rows{update_row()};
      judge_rows(rows, r.now, r.report, r.broke);
      BOOST_TEST(to_text(rows[0].status) == to_text(r.status));
      BOOST_TEST(rows[0].reason.empty() == (r.status == ref_status::ok || r.status == ref_status::planned));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_deleted_ref_is_in_place_when_it_is_gone) {
  std::vector<ref_row> rows{{main_branch, ref_action::delete_, id('1'), {}, ref_status::planned, {}}};
  judge_rows(rows, {}, nullptr, nullptr);
  BOOST_TEST(to_text(rows[0].status) == "ok");
}

BOOST_AUTO_TEST_CASE(a_pack_that_could_not_be_unpacked_rejects_every_row) {
  git::push_report report;
  report.unpack_error = "index-pack abnormal exit";
  std::vector<ref_row> rows{update_row()};
  judge_rows(rows, {{main_branch, id('1')}}, &report, nullptr);
  BOOST_TEST(to_text(rows[0].status) == "rejected");
  BOOST_TEST(rows[0].reason.find("index-pack") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rows_that_were_not_to_move_are_left_as_they_are) {
  std::vector<ref_row> rows{{main_branch, ref_action::skip, id('1'), {}, ref_status::skipped, "why"}};
  judge_rows(rows, {}, nullptr, nullptr);
  BOOST_TEST(to_text(rows[0].status) == "skipped");
  BOOST_TEST(rows[0].reason == "why");
}

BOOST_AUTO_TEST_CASE(the_verdict_counts_and_quotes_the_first_refusal) {
  std::vector<ref_row> rows{update_row(), update_row()};
  BOOST_TEST(!verdict_of({}, false).has_value());
  rows[0].status = rows[1].status = ref_status::rejected;
  rows[0].reason = "protected branch";
  const auto verdict = verdict_of(rows, false);
  BOOST_REQUIRE(verdict.has_value());
  BOOST_CHECK(verdict->code() == errc::push_refused);
  BOOST_CHECK(verdict->blamed() == side::target);
  BOOST_TEST(verdict->detail() == "2 refs, first refs/heads/main: protected branch");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_before_what_may_pass) {
  std::vector<ref_row> rows{update_row(), update_row()};
  rows[0].status = ref_status::failed;
  rows[0].reason = "somebody else moved it";
  rows[1].status = ref_status::rejected;
  rows[1].reason = "protected branch";
  const auto verdict = verdict_of(rows, false);
  BOOST_REQUIRE(verdict.has_value());
  BOOST_CHECK(verdict->code() == errc::push_refused);
}

BOOST_AUTO_TEST_CASE(what_was_left_out_matters_when_it_was_asked_for_or_when_nothing_is_right) {
  ref_row left_by_us = update_row(), left_by_target = update_row(), right = update_row();
  left_by_us.action = ref_action::skip;
  left_by_us.status = left_by_target.status = ref_status::skipped;
  right.status = ref_status::ok;
  struct row {
    const char* what;
    std::vector<ref_row> rows;
    bool fails, fails_strictly;
  };
  const std::vector<row> table{
      {"all right", {right}, false, false},
      {"left out by us", {right, left_by_us}, false, true},
      {"left out by the target", {right, left_by_target}, false, true},
      {"nothing but what we left out", {left_by_us}, false, true},
      {"the target refused every ref", {left_by_target, left_by_us}, true, true},
  };
  for (const auto& r : table) {
    BOOST_TEST(verdict_of(r.rows, false).has_value() == r.fails, r.what);
    BOOST_TEST(verdict_of(r.rows, true).has_value() == r.fails_strictly, r.what);
  }
}

BOOST_AUTO_TEST_SUITE_END()

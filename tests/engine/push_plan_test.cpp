#include "engine/push_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

namespace push_plan_test {

ref_name name(const char* text) {
  return ref_name::parse(text).value();
}
git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

ref_row create(const char* ref) {
  return {name(ref), ref_action::create, {}, id('1'), ref_status::planned, {}};
}
ref_row deletion(const char* ref) {
  return {name(ref), ref_action::delete_, id('1'), {}, ref_status::planned, {}};
}
const ref_row update_row{name("refs/heads/main"), ref_action::update, id('1'), id('2'), ref_status::planned, {}};

git::push_report report_of(const std::vector<ref_row>& rows, const char* words, std::vector<std::string> lines = {}) {
  git::push_report report;
  report.unpacked = true;
  for (const ref_row& row : rows) report.verdicts.push_back({row.name, *words == '\0', words});
  report.remote_lines = std::move(lines);
  return report;
}

push_batch all_of(const std::vector<ref_row>& rows) {
  push_batch batch(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) batch[i] = i;
  return batch;
}

}  // namespace push_plan_test

BOOST_AUTO_TEST_SUITE(push_plan_test)

BOOST_AUTO_TEST_CASE(deletes_go_apart_and_only_awaited_ones_before) {
  const std::vector<ref_row> rows{create("refs/heads/x/y"), create("refs/heads/z"), deletion("refs/heads/x"),
                                  deletion("refs/heads/z2"), deletion("refs/heads/z/a")};
  const auto each = plan_pushes(rows, git::atomicity::each_ref_for_itself);
  BOOST_CHECK((each == std::vector<push_batch>{{2, 4}, {0, 1}, {3}}));
  const auto together = plan_pushes(rows, git::atomicity::all_or_none);
  BOOST_CHECK((together == std::vector<push_batch>{{2, 4}, {0, 1, 3}}));
}

BOOST_AUTO_TEST_CASE(rows_that_are_settled_are_not_pushed) {
  std::vector<ref_row> rows{create("refs/heads/a"), deletion("refs/heads/b")};
  rows[0].status = ref_status::rejected;
  rows[1].status = ref_status::skipped;
  BOOST_TEST(plan_pushes(rows, git::atomicity::each_ref_for_itself).empty());
}

BOOST_AUTO_TEST_CASE(case_31_ng_reasons_table) {
  struct row {
    const char* words;
    refusal meaning;
  };
  const std::vector<row> table{
      {"non-fast-forward", refusal::of_ref},
      {"deletion prohibited", refusal::of_ref},
      {"deletion of the current branch prohibited", refusal::of_ref},
      {"branch is currently checked out", refusal::of_ref},
      {"funny refname", refusal::of_ref},
      {"bad ref", refusal::of_ref},
      {"deny updating a hidden ref", refusal::of_ref},
      {"deny deleting a hidden ref", refusal::of_ref},
      {"hook declined", refusal::of_ref},
      {"atomic push failure", refusal::of_ref},
      {"refname conflict", refusal::of_ref},
      {"invalid new value provided", refusal::of_ref},
      {"reference conflict due to case-insensitive filesystem", refusal::of_ref},
      {"shallow update not allowed", refusal::of_ref},
      {"", refusal::of_ref},
      {"failed to update ref", refusal::of_old_value},
      {"incorrect old value provided", refusal::of_old_value},
      {"reference already exists", refusal::of_old_value},
      {"reference does not exist", refusal::of_old_value},
      {"cannot lock ref 'refs/heads/main': is at 1 but expected 2", refusal::of_old_value},
      {"missing necessary objects", refusal::of_pack},
      {"pre-receive hook declined", refusal::of_push},
      {"unpacker error", refusal::of_push},
  };
  for (const auto& r : table) BOOST_TEST((meaning_of(r.words) == r.meaning), r.words);
}

BOOST_AUTO_TEST_CASE(rows_are_judged_by_what_the_target_shows) {
  const failure lost(errc::connection_lost);
  const failure forbidden(errc::forbidden);
  const auto yes = report_of({update_row}, "");
  const auto no = report_of({update_row}, "hook declined");
  const auto raced = report_of({update_row}, "failed to update ref");
  const auto lacking = report_of({update_row}, "missing necessary objects");
  git::push_report broken_pack = report_of({update_row}, "unpacker error");
  broken_pack.unpacked = false;
  struct row {
    const char* what;
    ref_list now;
    const git::push_report* report;
    const failure* broke;
    ref_status status;
  };
  const auto at = [](char digit) { return ref_list{{name("refs/heads/main"), id(digit)}}; };
  const std::vector<row> table{
      {"in place, accepted", at('2'), &yes, nullptr, ref_status::ok},
      {"in place although the connection broke", at('2'), nullptr, &lost, ref_status::ok},
      {"in place although the report says no", at('2'), &no, nullptr, ref_status::ok},
      {"refused", at('1'), &no, nullptr, ref_status::rejected},
      {"the pack was refused", at('1'), &broken_pack, nullptr, ref_status::rejected},
      {"accepted but not there", at('1'), &yes, nullptr, ref_status::failed},
      {"moved by somebody else", at('3'), &raced, nullptr, ref_status::planned},
      {"moved by somebody else, and the connection broke", at('3'), nullptr, &lost, ref_status::planned},
      {"gone", {}, &yes, nullptr, ref_status::planned},
      {"held by somebody else", at('1'), &raced, nullptr, ref_status::planned},
      {"history went away there", at('1'), &lacking, nullptr, ref_status::failed},
      {"broke off, untouched", at('1'), nullptr, &lost, ref_status::planned},
      {"forbidden", at('1'), nullptr, &forbidden, ref_status::failed},
      {"forbidden, and moved", at('3'), nullptr, &forbidden, ref_status::failed},
  };
  for (const auto& r : table) {
    BOOST_TEST_CONTEXT(r.what) {
      std::vector<ref_row> rows{update_row};
      judge_rows(rows, {0}, r.now, r.report, r.broke);
      BOOST_TEST(to_text(rows[0].status) == to_text(r.status));
      if (r.status == ref_status::failed || r.status == ref_status::rejected) BOOST_TEST(!rows[0].reason.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_moved_ref_is_followed_only_when_it_is_forced_and_not_deleted) {
  const auto judged = [](ref_row row, ref_list now) {
    std::vector<ref_row> rows{std::move(row)};
    judge_rows(rows, {0}, now, nullptr, nullptr);
    return rows[0];
  };
  const ref_list elsewhere{{name("refs/heads/main"), id('7')}};

  BOOST_CHECK(judged(update_row, elsewhere).old_id == id('7'));
  BOOST_TEST(to_text(judged(update_row, {}).action) == "create");
  BOOST_TEST(to_text(judged(create("refs/heads/main"), elsewhere).action) == "update");
  BOOST_TEST(to_text(judged(deletion("refs/heads/main"), elsewhere).status) == "failed");
  ref_row unforced = update_row;
  unforced.divergence = on_divergence::refuse;
  BOOST_TEST(to_text(judged(unforced, elsewhere).status) == "failed");
}

BOOST_AUTO_TEST_CASE(a_deleted_ref_is_in_place_when_it_is_gone) {
  std::vector<ref_row> rows{deletion("refs/heads/main")};
  judge_rows(rows, {0}, {}, nullptr, nullptr);
  BOOST_TEST(to_text(rows[0].status) == "ok");
}

BOOST_AUTO_TEST_CASE(only_the_rows_of_the_push_are_judged) {
  std::vector<ref_row> rows{update_row, create("refs/heads/a")};
  judge_rows(rows, {1}, {{name("refs/heads/a"), id('1')}}, nullptr, nullptr);
  BOOST_TEST(to_text(rows[0].status) == "planned");
  BOOST_TEST(to_text(rows[1].status) == "ok");
}

BOOST_AUTO_TEST_CASE(a_push_is_refused_as_a_whole_when_one_hook_spoke_for_all) {
  const std::vector<ref_row> two{create("refs/heads/a"), create("refs/heads/b")};
  const auto is_whole = [](const std::vector<ref_row>& rows, const git::push_report& report) {
    return is_refused_as_a_whole(rows, all_of(rows), report);
  };
  BOOST_TEST(is_whole(two, report_of(two, "pre-receive hook declined")));
  BOOST_TEST(!is_whole(two, report_of(two, "deletion prohibited")));
  BOOST_TEST(!is_whole(two, report_of(two, "")));
  BOOST_TEST(is_whole({two[0]}, report_of({two[0]}, "pre-receive hook declined")));
  BOOST_TEST(!is_whole(two, report_of({two[0]}, "pre-receive hook declined")));
  auto broken_pack = report_of(two, "unpacker error");
  broken_pack.unpacked = false;
  BOOST_TEST(!is_whole(two, broken_pack));
}

BOOST_AUTO_TEST_CASE(what_follows_a_refusal_depends_on_what_it_names) {
  const std::vector<ref_row> rows{create("refs/heads/a"), create("refs/pr/1"), create("refs/heads/b"),
                                  create("refs/pr/2")};
  struct row {
    const char* what;
    push_batch batch;
    std::vector<std::string> lines;
    unsigned refused;
    push_batch left_out;
    std::vector<push_batch> next;
  };
  const std::vector<row> table{
      {"a namespace", {0, 1, 2, 3}, {"no refs/pr/*"}, 1, {1, 3}, {{0, 2}}},
      {"one ref", {0, 1, 2, 3}, {"branch b is protected"}, 1, {2}, {{0, 1, 3}}},
      {"nothing: branches and tags go apart", {0, 1, 2, 3}, {"no"}, 1, {}, {{0, 2}, {1, 3}}},
      {"nothing, of one kind: each alone", {0, 2}, {}, 1, {}, {{0}, {2}}},
      {"all of it: each alone", {1, 3}, {"no refs/pr/*"}, 1, {}, {{1}, {3}}},
      {"too many refusals", {0, 1, 2, 3}, {"no refs/pr/*"}, most_refused_pushes, {0, 1, 2, 3}, {}},
  };
  for (const auto& r : table) {
    BOOST_TEST_CONTEXT(r.what) {
      const auto report = report_of(rows, "pre-receive hook declined", r.lines);
      const after_refusal plan = plan_after_refusal(rows, r.batch, report, r.refused);
      BOOST_CHECK(plan.left_out == r.left_out);
      BOOST_CHECK(plan.next == r.next);
    }
  }
}

BOOST_AUTO_TEST_CASE(many_refs_are_halved) {
  std::vector<ref_row> rows;
  for (int i = 0; i < 11; ++i) rows.push_back(create(("refs/heads/" + std::to_string(i)).c_str()));
  const auto plan = plan_after_refusal(rows, all_of(rows), report_of(rows, "pre-receive hook declined"), 1);
  BOOST_CHECK((plan.next == std::vector<push_batch>{{0, 1, 2, 3, 4}, {5, 6, 7, 8, 9, 10}}));
}

BOOST_AUTO_TEST_CASE(deletes_and_odd_refs_are_left_out_and_branches_and_tags_stay_rejected) {
  std::vector<ref_row> rows{create("refs/heads/a"), create("refs/tags/a"),    create("refs/pr/1"),
                            create("refs/pr/2"),    deletion("refs/heads/b"), create("refs/heads/ours")};
  for (ref_row& row : rows) {
    row.status = ref_status::rejected;
    row.reason = "no";
  }
  rows.back().action = ref_action::skip;
  const auto told = settle_left_out(rows);
  std::vector<std::string> statuses;
  for (const ref_row& row : rows) statuses.emplace_back(to_text(row.status));
  BOOST_TEST(
      statuses == (std::vector<std::string>{"rejected", "rejected", "skipped", "skipped", "skipped", "rejected"}),
      boost::test_tools::per_element());
  BOOST_TEST(told == (std::vector<std::string>{"left out 1 ref, deleting in refs/heads/: the target said 'no'",
                                               "left out 2 refs, refs/pr/: the target said 'no'"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

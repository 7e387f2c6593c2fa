#include "engine/ref_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

namespace ref_plan_test {

ref_name name(const char* text) {
  return ref_name::parse(text).value();
}

git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

ref_list refs(std::vector<std::pair<const char*, char>> entries) {
  ref_list list;
  for (const auto& [text, digit] : entries) list.push_back({name(text), id(digit)});
  return sorted_refs(std::move(list)).value();
}

ref_policy with(std::vector<const char*> specs) {
  ref_policy policy;
  for (const char* spec : specs) policy.refspecs.push_back(git::refspec::parse(spec).value());
  return policy;
}

ref_policy mirror() {
  ref_policy policy = with({"+refs/*:refs/*"});
  policy.prune = true;
  return policy;
}

git::ref_listing source_with(ref_list list, std::optional<ref_name> default_branch = {}) {
  git::ref_listing listing;
  listing.refs = std::move(list);
  listing.default_branch = std::move(default_branch);
  return listing;
}

target_listing target_with(ref_list list, std::optional<ref_name> default_branch = {}) {
  target_listing listing;
  listing.listing = source_with(std::move(list), std::move(default_branch));
  listing.can_delete = true;
  return listing;
}

outcome<std::vector<ref_row>> try_plan(const ref_list& source, const ref_list& target, const ref_policy& policy) {
  return plan_refs(source_with(source), target_with(target), policy, {});
}

std::vector<ref_row> plan(const ref_list& source, const ref_list& target, const ref_policy& policy = {}) {
  return try_plan(source, target, policy).value();
}

/// `delete refs/heads/x planned` for each row.
std::vector<std::string> summaries(const std::vector<ref_row>& rows) {
  std::vector<std::string> lines;
  for (const ref_row& row : rows) {
    lines.push_back(std::string(to_text(row.action)) + ' ' + row.name.text() + ' ' + std::string(to_text(row.status)));
  }
  return lines;
}

using lines = std::vector<std::string>;

}  // namespace ref_plan_test

BOOST_AUTO_TEST_SUITE(ref_plan_test)

BOOST_AUTO_TEST_CASE(a_branch_or_tag_is_created_updated_or_up_to_date) {
  struct row {
    const char* what;
    ref_list target;
    ref_action action;
    ref_status status;
  };
  const std::vector<row> table{
      {"missing", refs({}), ref_action::create, ref_status::planned},
      {"elsewhere", refs({{"refs/heads/main", '2'}}), ref_action::update, ref_status::planned},
      {"the same", refs({{"refs/heads/main", '1'}}), ref_action::up_to_date, ref_status::ok},
  };
  for (const auto& r : table) {
    BOOST_TEST_CONTEXT(r.what) {
      const auto rows = plan(refs({{"refs/heads/main", '1'}}), r.target);
      BOOST_REQUIRE(rows.size() == 1U);
      BOOST_CHECK(rows[0].action == r.action);
      BOOST_CHECK(rows[0].status == r.status);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_revision_is_the_branch_else_the_tag_else_a_whole_ref) {
  const auto source = refs({{"refs/heads/both", '1'},
                            {"refs/heads/main", '2'},
                            {"refs/pr/1", '3'},
                            {"refs/tags/both", '4'},
                            {"refs/tags/v1", '5'}});
  const auto planned = [&](const char* revision) {
    ref_policy policy;
    policy.revision = revision;
    const auto rows = plan(source, {}, policy);
    return rows.size() == 1 ? rows.front().name.text() : std::to_string(rows.size()) + " rows";
  };
  BOOST_TEST(planned("main") == "refs/heads/main");
  BOOST_TEST(planned("both") == "refs/heads/both");
  BOOST_TEST(planned("v1") == "refs/tags/v1");
  BOOST_TEST(planned("refs/pr/1") == "refs/pr/1");
}

BOOST_AUTO_TEST_CASE(a_revision_that_the_source_does_not_have_is_an_error) {
  for (const char* revision : {"v2", "refs/heads/v1"}) {
    ref_policy policy;
    policy.revision = revision;
    const auto tried = try_plan(refs({{"refs/tags/v1", '5'}}), {}, policy);
    BOOST_REQUIRE(tried.has_error());
    BOOST_CHECK(tried.error().code() == errc::not_found);
    BOOST_TEST(tried.error().detail().find(revision) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(trap_10_only_branches_and_tags_move_by_default) {
  const auto rows = plan(refs({{"refs/heads/main", '1'}, {"refs/pr/1", '2'}, {"refs/tags/v1", '3'}}), refs({}));
  BOOST_REQUIRE(rows.size() == 2U);
  BOOST_TEST(rows[0].name.text() == "refs/heads/main");
  BOOST_TEST(rows[1].name.text() == "refs/tags/v1");
}

BOOST_AUTO_TEST_CASE(a_ref_that_only_the_target_has_is_left_alone) {
  BOOST_TEST(plan(refs({}), refs({{"refs/heads/extra", '1'}})).empty());
}

BOOST_AUTO_TEST_CASE(a_refspec_maps_the_name_and_compares_with_the_mapped_ref) {
  const auto rows = plan(refs({{"refs/heads/main", '1'}}), refs({{"refs/heads/master", '1'}}),
                         with({"+refs/heads/main:refs/heads/master"}));
  BOOST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(rows[0].name.text() == "refs/heads/master");
  BOOST_CHECK(rows[0].action == ref_action::up_to_date);
}

BOOST_AUTO_TEST_CASE(a_negative_refspec_takes_refs_out) {
  const auto rows = plan(refs({{"refs/heads/a", '1'}, {"refs/heads/b", '2'}}), refs({}),
                         with({"+refs/heads/*:refs/heads/*", "^refs/heads/a"}));
  BOOST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(rows[0].name.text() == "refs/heads/b");
}

BOOST_AUTO_TEST_CASE(only_exclusions_are_taken_from_the_default) {
  const auto rows = plan(refs({{"refs/heads/a", '1'}, {"refs/heads/b", '2'}}), refs({}), with({"^refs/heads/a"}));
  BOOST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(rows[0].name.text() == "refs/heads/b");
}

BOOST_AUTO_TEST_CASE(a_ref_that_is_named_must_be_there_but_a_pattern_may_match_nothing) {
  const auto source = refs({{"refs/heads/a", '1'}});
  const auto planned = try_plan(source, refs({}), with({"+refs/heads/nope:refs/heads/nope"}));
  BOOST_REQUIRE(planned.has_error());
  BOOST_CHECK(planned.error().code() == errc::not_found);
  BOOST_CHECK(planned.error().blamed() == side::source);
  BOOST_TEST(plan(source, refs({}), with({"+refs/pr/*:refs/pr/*"})).empty());
}

BOOST_AUTO_TEST_CASE(without_force_branches_are_to_be_looked_at_and_tags_stay) {
  const auto source = refs({{"refs/heads/new", '1'}, {"refs/heads/old", '2'}, {"refs/tags/v1", '2'}});
  const auto target = refs({{"refs/heads/old", '3'}, {"refs/tags/v1", '3'}});
  ref_policy no_force;
  no_force.no_force = true;
  for (const ref_policy& policy : {with({"refs/heads/*", "refs/tags/*"}), no_force}) {
    const auto rows = plan(source, target, policy);
    BOOST_TEST(summaries(rows) == (lines{"create refs/heads/new planned", "update refs/heads/old planned",
                                         "skip refs/tags/v1 rejected"}),
               boost::test_tools::per_element());
    BOOST_CHECK(rows.at(1).divergence == on_divergence::refuse);
    BOOST_TEST(!rows.at(2).reason.empty());
  }
  BOOST_CHECK(plan(source, target).at(1).divergence == on_divergence::overwrite);
}

BOOST_AUTO_TEST_CASE(pruning_deletes_what_the_refspecs_would_make_and_nothing_else) {
  struct row {
    const char* what;
    ref_policy policy;
    lines expected;
  };
  const auto pruned = [](std::vector<const char*> specs) {
    ref_policy policy = with(std::move(specs));
    policy.prune = true;
    return policy;
  };
  const std::vector<row> table{
      {"without prune", with({"+refs/*:refs/*"}), {}},
      {"all", mirror(), {"delete refs/heads/x planned", "delete refs/mine/x planned", "delete refs/tags/x planned"}},
      {"the default", pruned({}), {"delete refs/heads/x planned", "delete refs/tags/x planned"}},
      {"one namespace", pruned({"+refs/heads/*:refs/heads/*"}), {"delete refs/heads/x planned"}},
      {"a mapped one", pruned({"+refs/heads/*:refs/mine/*"}), {"delete refs/mine/x planned"}},
      {"not what is excluded",
       pruned({"+refs/*:refs/*", "^refs/mine/*", "^refs/heads/x"}),
       {"delete refs/tags/x planned"}},
      {"what is excluded at the source, mapped", pruned({"+refs/heads/*:refs/mine/*", "^refs/heads/x"}), {}},
  };
  for (const auto& r : table) {
    BOOST_TEST_CONTEXT(r.what) {
      const auto rows =
          plan(refs({}), refs({{"refs/heads/x", '1'}, {"refs/mine/x", '1'}, {"refs/tags/x", '1'}}), r.policy);
      BOOST_TEST(summaries(rows) == r.expected, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(deletes_come_last) {
  const auto rows = plan(refs({{"refs/heads/b", '1'}}), refs({{"refs/heads/a", '1'}}), mirror());
  BOOST_TEST(summaries(rows) == (lines{"create refs/heads/b planned", "delete refs/heads/a planned"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_default_branch_of_the_target_is_never_deleted) {
  const auto target = target_with(refs({{"refs/heads/a", '1'}, {"refs/heads/trunk", '1'}}), name("refs/heads/trunk"));
  const auto rows = plan_refs(source_with({}), target, mirror(), {}).value();
  BOOST_TEST(summaries(rows) == (lines{"delete refs/heads/a planned", "skip refs/heads/trunk skipped"}),
             boost::test_tools::per_element());
  BOOST_TEST(rows.at(1).reason.find("default branch") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_host_keeps_for_itself_is_neither_pushed_nor_deleted) {
  const auto source = source_with(refs({{"refs/heads/main", '1'}, {"refs/merge-requests/1/head", '2'}}));
  const auto target = target_with(refs({{"refs/keep-around/x", '3'}, {"refs/merge-requests/2/head", '2'}}));
  const auto rows = plan_refs(source, target, mirror(), gitlab_rules()).value();
  BOOST_TEST(summaries(rows) == (lines{"create refs/heads/main planned", "skip refs/merge-requests/1/head skipped",
                                       "skip refs/keep-around/x skipped", "skip refs/merge-requests/2/head skipped"}),
             boost::test_tools::per_element());
  BOOST_TEST(rows.at(1).reason.find("GitLab") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_target_that_takes_no_deletes_is_not_asked_for_any) {
  target_listing target = target_with(refs({{"refs/heads/a", '1'}}));
  target.can_delete = false;
  const auto rows = plan_refs(source_with({}), target, mirror(), {}).value();
  BOOST_TEST(summaries(rows) == lines{"skip refs/heads/a skipped"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_new_ref_waits_for_a_delete_in_its_way_and_is_rejected_when_that_stays) {
  for (const auto& [there, wanted] :
       {std::pair("refs/heads/x", "refs/heads/x/y"), std::pair("refs/heads/x/y", "refs/heads/x")}) {
    BOOST_TEST_CONTEXT(there) {
      const auto source = refs({{wanted, '1'}});
      const auto target = refs({{"refs/heads/x-unrelated", '1'}, {there, '2'}});
      BOOST_TEST(summaries(plan(source, target)) == lines{"skip " + std::string(wanted) + " rejected"},
                 boost::test_tools::per_element());
      BOOST_TEST(summaries(plan(source, target, mirror())).front() == "create " + std::string(wanted) + " planned");
      const auto kept = plan_refs(source_with(source), target_with(target, name(there)), mirror(), {}).value();
      BOOST_TEST(summaries(kept).front() == "skip " + std::string(wanted) + " rejected");
      BOOST_TEST(kept.front().reason.find(there) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(two_source_refs_may_not_become_one) {
  const auto planned = try_plan(refs({{"refs/heads/a", '1'}, {"refs/heads/b", '2'}}), refs({}),
                                with({"+refs/heads/a:refs/heads/x", "+refs/heads/b:refs/heads/x"}));
  BOOST_REQUIRE(planned.has_error());
  BOOST_CHECK(planned.error().code() == errc::bad_refspec);
}

BOOST_AUTO_TEST_CASE(a_mapping_may_not_make_a_ref_a_folder_of_another) {
  const auto planned = try_plan(refs({{"refs/heads/a", '1'}, {"refs/heads/a-b", '1'}, {"refs/tags/b", '2'}}), refs({}),
                                with({"+refs/heads/*:refs/heads/*", "+refs/tags/b:refs/heads/a/b"}));
  BOOST_REQUIRE(planned.has_error());
  BOOST_CHECK(planned.error().code() == errc::bad_refspec);
}

BOOST_AUTO_TEST_CASE(a_pattern_that_takes_in_nothing_deletes_nothing) {
  ref_policy policy = with({"+refs/heads/typo-*:refs/heads/*", "^refs/heads/none-*"});
  const ref_list source = refs({{"refs/heads/main", '1'}});
  const ref_list target = refs({{"refs/heads/main", '1'}, {"refs/heads/old", '2'}});
  BOOST_TEST(idle_patterns(source, policy) == std::vector<std::string>{"+refs/heads/typo-*:refs/heads/*"},
             boost::test_tools::per_element());
  BOOST_TEST(plan(source, target, policy).empty());
  policy.prune = true;
  BOOST_CHECK(try_plan(source, target, policy).error().code() == errc::not_found);
}

BOOST_AUTO_TEST_CASE(all_or_none_rejects_what_would_move_beside_a_rejected_row) {
  const ref_policy policy = with({"refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"});
  auto rows = plan(refs({{"refs/heads/main", '1'}, {"refs/heads/same", '1'}, {"refs/tags/v1", '2'}}),
                   refs({{"refs/heads/same", '1'}, {"refs/tags/v1", '3'}}), policy);
  hold_together(rows);
  for (const ref_row& row : rows) {
    BOOST_TEST(to_text(row.status) == (row.name.text() == "refs/heads/same" ? "ok" : "rejected"), row.name.text());
  }
  auto free = plan(refs({{"refs/heads/main", '1'}}), {}, policy);
  hold_together(free);
  BOOST_TEST(is_to_move(free.at(0)));
}

BOOST_AUTO_TEST_CASE(the_default_branch_of_the_source_goes_first) {
  const auto source = source_with(refs({{"refs/heads/a", '1'}, {"refs/heads/main", '2'}, {"refs/heads/z", '3'}}),
                                  name("refs/heads/main"));
  const auto rows = plan_refs(source, target_with({}), {}, {}).value();
  BOOST_TEST(rows[0].name.text() == "refs/heads/main");
  BOOST_TEST(rows[1].name.text() == "refs/heads/a");
}

BOOST_AUTO_TEST_CASE(commands_carry_the_old_value_and_zero_for_what_is_not) {
  const auto rows = plan(refs({{"refs/heads/a", '1'}, {"refs/heads/b", '2'}}),
                         refs({{"refs/heads/b", '4'}, {"refs/heads/c", '3'}}), mirror());
  BOOST_REQUIRE(rows.size() == 3U);
  const git_oid none = git_oid::zero(object_format::sha1);
  BOOST_CHECK((command_of(rows[0], object_format::sha1) == git::ref_command{name("refs/heads/a"), none, id('1')}));
  BOOST_CHECK((command_of(rows[1], object_format::sha1) == git::ref_command{name("refs/heads/b"), id('4'), id('2')}));
  BOOST_CHECK((command_of(rows[2], object_format::sha1) == git::ref_command{name("refs/heads/c"), id('3'), none}));
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/ref_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

namespace {

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

std::vector<ref_row> plan(const ref_list& source, const ref_list& target, const ref_policy& policy = {}) {
  return plan_refs(source, target, {}, policy).value();
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(only_branches_and_tags_move_by_default) {
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
  const auto planned = plan_refs(source, refs({}), {}, with({"+refs/heads/nope:refs/heads/nope"}));
  BOOST_REQUIRE(planned.has_error());
  BOOST_CHECK(planned.error().code() == errc::not_found);
  BOOST_CHECK(planned.error().blamed() == side::source);
  BOOST_TEST(plan(source, refs({}), with({"+refs/pr/*:refs/pr/*"})).empty());
}

BOOST_AUTO_TEST_CASE(without_a_plus_an_existing_ref_is_not_moved_but_a_new_one_is_made) {
  const auto rows = plan(refs({{"refs/heads/new", '1'}, {"refs/heads/old", '2'}}), refs({{"refs/heads/old", '3'}}),
                         with({"refs/heads/*:refs/heads/*"}));
  BOOST_REQUIRE(rows.size() == 2U);
  BOOST_CHECK(rows[0].action == ref_action::create);
  BOOST_CHECK(rows[1].action == ref_action::skip);
  BOOST_TEST(!rows[1].reason.empty());
}

BOOST_AUTO_TEST_CASE(two_source_refs_may_not_become_one) {
  const auto planned = plan_refs(refs({{"refs/heads/a", '1'}, {"refs/heads/b", '2'}}), refs({}), {},
                                 with({"+refs/heads/a:refs/heads/x", "+refs/heads/b:refs/heads/x"}));
  BOOST_REQUIRE(planned.has_error());
  BOOST_CHECK(planned.error().code() == errc::bad_refspec);
}

BOOST_AUTO_TEST_CASE(a_mapping_may_not_make_a_ref_a_folder_of_another) {
  const auto planned = plan_refs(refs({{"refs/heads/a", '1'}, {"refs/heads/a-b", '1'}, {"refs/tags/b", '2'}}), refs({}),
                                 {}, with({"+refs/heads/*:refs/heads/*", "+refs/tags/b:refs/heads/a/b"}));
  BOOST_REQUIRE(planned.has_error());
  BOOST_CHECK(planned.error().code() == errc::bad_refspec);
}

BOOST_AUTO_TEST_CASE(the_default_branch_of_the_source_goes_first) {
  const auto rows = plan_refs(refs({{"refs/heads/a", '1'}, {"refs/heads/main", '2'}, {"refs/heads/z", '3'}}), refs({}),
                              name("refs/heads/main"), {})
                        .value();
  BOOST_TEST(rows[0].name.text() == "refs/heads/main");
  BOOST_TEST(rows[1].name.text() == "refs/heads/a");
}

BOOST_AUTO_TEST_CASE(commands_carry_the_old_value_and_leave_out_what_does_not_move) {
  const auto rows = plan(refs({{"refs/heads/a", '1'}, {"refs/heads/b", '2'}, {"refs/heads/c", '3'}}),
                         refs({{"refs/heads/b", '4'}, {"refs/heads/c", '3'}}));
  const auto commands = commands_of(rows, object_format::sha1);
  BOOST_REQUIRE(commands.size() == 2U);
  BOOST_TEST(commands[0].old_id.is_zero());
  BOOST_TEST(commands[1].old_id.hex() == id('4').hex());
  BOOST_TEST(commands[1].new_id.hex() == id('2').hex());
}

BOOST_AUTO_TEST_SUITE_END()

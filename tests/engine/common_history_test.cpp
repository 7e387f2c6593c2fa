#include "engine/common_history.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace common_history_test {

git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

/// The target's line of history, the newest first: made-up commits that differ in their message.
std::string commit_text(unsigned number) {
  return "tree " + std::string(40, 'a') + "\nauthor A <a@b> 1 +0000\n\ncommit " + std::to_string(number) + "\n";
}
git_oid commit_number(unsigned number) {
  return object_id(object_format::sha1, git::object_type::commit, commit_text(number));
}

/// A source that knows some of what a target with 3000 commits shows.
struct scene {
  fake_world world;
  fake_git_source target{world.steps, world.log};
  event_recorder watcher;
  byte_budget budget{16_MiB};
  intake_terms terms{object_format::sha1, true, false, intake_limits_for(16_MiB)};
  history_question question{{id('1')}, {commit_number(0)}};
  unsigned commits = 3000;

  scene() {
    world.source_git.knows.emplace();
    target.has.can_filter = target.has.can_deepen = true;
    target.cut = [this](const fetch_request& request) {
      pack_builder pack;
      for (unsigned n = 0; n < std::min(request.depth, commits); ++n) {
        pack.add(git::object_type::commit, commit_text(n));
      }
      return pack.finish();
    };
  }

  void source_knows(unsigned number) { world.source_git.knows->insert(commit_number(number)); }
  std::vector<git_oid> find() {
    auto found = run_task(find_common_history(world.source_git, target, question, terms, budget, watcher));
    BOOST_TEST(budget.in_use().value() == 0u);
    return found;
  }
  std::vector<unsigned> depths() const {
    std::vector<unsigned> asked;
    for (const fetch_request& each : target.fetches) asked.push_back(each.depth);
    return asked;
  }
};

using depths_of = std::vector<unsigned>;

ref_row row(ref_action action, std::optional<git_oid> old_id, std::optional<git_oid> new_id) {
  return {ref_name::parse("refs/heads/x").value(), action, old_id, new_id, ref_status::planned, {}, {}};
}

}  // namespace common_history_test

BOOST_AUTO_TEST_SUITE(common_history_test)

BOOST_AUTO_TEST_CASE(a_tip_that_the_source_knows_needs_no_walk) {
  scene s;
  s.source_knows(0);
  BOOST_TEST(s.find().empty());
  BOOST_TEST(s.target.fetches.empty());
  BOOST_TEST(s.world.source_git.asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_first_commits_that_are_known_end_the_walk) {
  scene s;
  for (unsigned n = 5; n < 3000; ++n) s.source_knows(n);
  const auto found = s.find();
  BOOST_TEST(found.size() == 11u);  // of the sixteen newest
  BOOST_TEST((found.front() == commit_number(5)));
  BOOST_TEST(s.depths() == depths_of{16}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_fork_far_back_is_found_in_steps_and_nothing_is_asked_twice) {
  scene s;
  s.source_knows(900);
  BOOST_TEST((s.find() == std::vector<git_oid>{commit_number(900)}));
  BOOST_TEST(s.depths() == (depths_of{16, 128, 1024}), boost::test_tools::per_element());
  std::vector<std::size_t> sizes;
  for (const auto& haves : s.world.source_git.asked) sizes.push_back(haves.size());
  BOOST_TEST(sizes == (std::vector<std::size_t>{1, 16, 112, 896}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(histories_without_anything_in_common_end_at_their_root) {
  scene s;
  s.commits = 100;
  BOOST_TEST(s.find().empty());
  BOOST_TEST(s.depths() == (depths_of{16, 128, 1024}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_walk_gives_up_at_the_last_depth) {
  scene s;
  s.commits = 9000;
  s.source_knows(8500);
  BOOST_TEST(s.find().empty());
  BOOST_TEST(s.depths() == (depths_of{16, 128, 1024, 8192}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_commits_are_asked_of_the_target) {
  scene s;
  s.source_knows(1);
  s.find();
  BOOST_TEST(s.target.fetches.front().filter == "tree:0");
  BOOST_TEST((s.target.fetches.front().wants == std::vector<git_oid>{commit_number(0)}));
}

BOOST_AUTO_TEST_CASE(a_side_that_cannot_answer_is_not_asked_more) {
  scene silent;
  silent.world.source_git.knows.reset();
  BOOST_TEST(silent.find().empty());
  BOOST_TEST(silent.target.fetches.empty());
  for (bool source_listing::*ability : {&source_listing::can_filter, &source_listing::can_deepen}) {
    scene unable;
    unable.target.has.*ability = false;
    BOOST_TEST(unable.find().empty());
    BOOST_TEST(unable.target.fetches.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_failure_is_a_warning_and_no_more) {
  scene s;
  s.target.fetch_fails = failure(errc::server_failed);
  BOOST_TEST(s.find().empty());
  BOOST_TEST(s.watcher.count<event::warning>() == 1u);
  scene broken;
  broken.target.cut = [](const fetch_request&) { return "PACK and no more"; };
  BOOST_TEST(broken.find().empty());
  BOOST_TEST(broken.watcher.count<event::warning>() == 1u);
}

BOOST_AUTO_TEST_CASE(more_lines_than_the_limit_are_left_to_what_was_found) {
  scene s;
  s.question.tips.clear();
  for (char c = 'a'; c <= 'f'; ++c) s.question.tips.push_back(id(c));
  for (unsigned n = 4000; n < 4020; ++n) s.question.tips.push_back(commit_number(n));
  s.commits = 0;
  s.find();
  BOOST_TEST(s.target.fetches.size() == most_lines);
}

BOOST_AUTO_TEST_CASE(tips_that_the_source_lists_or_that_no_update_moves_are_no_question) {
  git::ref_listing source;
  source.refs.push_back({ref_name::parse("refs/heads/main").value(), id('1')});
  const std::vector<ref_row> rows{row(ref_action::update, id('1'), id('2')), row(ref_action::update, id('3'), id('2')),
                                  row(ref_action::update, id('3'), id('4')), row(ref_action::create, {}, id('5')),
                                  row(ref_action::delete_, id('6'), {})};
  BOOST_TEST((unlisted_tips(rows, source) == std::vector<git_oid>{id('3')}));
}

BOOST_AUTO_TEST_SUITE_END()

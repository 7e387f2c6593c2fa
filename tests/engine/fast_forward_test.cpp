#include "engine/fast_forward.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/fake_endpoints.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace fast_forward_test {

git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

std::string commit(char parent, std::string_view message = "a message") {
  return "tree " + std::string(40, 'a') + "\nparent " + std::string(40, parent) +
         "\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\n" + std::string(message) + "\n";
}

struct silence final : observer {
  void on(const any_event&) noexcept override {}
};

/// One update from 1 to 2 without force, and the source's answer.
struct scene {
  fake_world world;
  silence nobody;
  std::uint64_t retries = 0;
  byte_budget budget{64_MiB};
  intake_terms terms{object_format::sha1, true, false, {4_MiB, 4_MiB, 2_MiB}};
  std::vector<ref_row> rows{{ref_name::parse("refs/heads/main").value(),
                             ref_action::update,
                             id('1'),
                             id('2'),
                             ref_status::planned,
                             {},
                             on_divergence::refuse}};

  explicit scene(const pack_builder& pack) { world.source_git.pack = pack.finish(); }

  void run() {
    retry_policy quick;
    quick.first_wait = quick.longest_wait = std::chrono::milliseconds(1);
    patience tries(quick, nobody, retries, 1);
    run_task(refuse_rewinds(world.source_git, rows, terms, budget, tries));
    BOOST_TEST(budget.in_use().value() == 0U);
  }
  bool is_refused() const { return rows.front().status == ref_status::rejected; }
};

pack_builder pack_with(std::initializer_list<std::string> commits) {
  pack_builder pack;
  for (const std::string& text : commits) pack.add(git::object_type::commit, text);
  return pack;
}

}  // namespace fast_forward_test

BOOST_AUTO_TEST_SUITE(fast_forward_test)

BOOST_AUTO_TEST_CASE(a_child_of_the_old_commit_proves_it) {
  scene s(pack_with({commit('4'), commit('1')}));
  s.run();
  BOOST_TEST(to_text(s.rows.front().status) == "planned");
}

BOOST_AUTO_TEST_CASE(no_child_refutes_it_and_the_row_says_so) {
  scene s(pack_with({commit('4'), commit('3', "parent 1111111111111111111111111111111111111111")}));
  s.run();
  BOOST_TEST(s.is_refused());
  BOOST_TEST(to_text(s.rows.front().action) == "skip");
  BOOST_TEST(s.rows.front().reason.find("not a fast-forward") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_child_that_is_a_delta_is_seen) {
  pack_builder pack;
  const std::string base = commit('4', "the same long message, which is why git makes a delta of it");
  const std::string child = commit('1', "the same long message, which is why git makes a delta of it");
  pack.add_offset_delta(pack.add(git::object_type::commit, base), make_delta(base, child));
  scene s(pack);
  s.run();
  BOOST_TEST(!s.is_refused());
}

BOOST_AUTO_TEST_CASE(a_blob_that_looks_like_a_child_is_none) {
  pack_builder pack = pack_with({commit('4')});
  pack.add_blob(commit('1'));
  scene s(pack);
  s.run();
  BOOST_TEST(s.is_refused());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_told_is_not_pushed) {
  const git_oid elsewhere = id('9');
  pack_builder pack;
  pack.add_oid_delta(elsewhere, make_delta(commit('4'), commit('1')));
  scene lost_base(pack);
  lost_base.run();
  BOOST_TEST(lost_base.is_refused());
  BOOST_TEST(lost_base.rows.front().reason.find("cannot be told") != std::string::npos);

  scene too_large(pack_with({commit('4', std::string(20'000, 'x'))}));
  too_large.run();
  BOOST_TEST(too_large.is_refused());
}

BOOST_AUTO_TEST_CASE(the_source_is_asked_for_commits_with_that_one_have_and_without_a_filter_for_the_pack) {
  for (const bool can_filter : {true, false}) {
    scene s(pack_with({commit('1')}));
    s.terms.can_filter = can_filter;
    s.run();
    BOOST_REQUIRE(s.world.source_git.fetches.size() == 1U);
    const fetch_request& asked = s.world.source_git.fetches.front();
    BOOST_CHECK((asked.wants == std::vector<git_oid>{id('2')}));
    BOOST_CHECK((asked.haves == std::vector<git_oid>{id('1')}));
    BOOST_TEST(asked.filter == (can_filter ? "tree:0" : ""));
  }
}

BOOST_AUTO_TEST_CASE(only_updates_without_force_are_asked_about) {
  scene s(pack_with({commit('4')}));
  const ref_row base = s.rows.front();
  const auto with = [&](ref_action action, ref_status status, on_divergence divergence) {
    ref_row row = base;
    row.action = action;
    row.status = status;
    row.divergence = divergence;
    return row;
  };
  s.rows = {with(ref_action::update, ref_status::planned, on_divergence::overwrite),
            with(ref_action::create, ref_status::planned, on_divergence::refuse),
            with(ref_action::up_to_date, ref_status::ok, on_divergence::refuse),
            with(ref_action::skip, ref_status::skipped, on_divergence::refuse),
            with(ref_action::delete_, ref_status::planned, on_divergence::refuse)};
  s.run();
  BOOST_TEST(s.world.source_git.fetches.empty());
}

BOOST_AUTO_TEST_CASE(a_source_that_says_nothing_refutes_it_and_one_that_fails_fails) {
  scene silent(pack_with({commit('1')}));
  silent.world.source_git.fetch_fails = failure(errc::empty_reply);
  silent.run();
  BOOST_TEST(silent.is_refused());

  scene moved(pack_with({commit('1')}));
  moved.world.source_git.fetch_fails = failure(errc::forbidden);
  BOOST_CHECK_THROW(moved.run(), failed);
  BOOST_TEST(moved.budget.in_use().value() == 0U);
}

BOOST_AUTO_TEST_CASE(an_answer_that_breaks_off_decides_nothing) {
  const std::size_t size = pack_with({commit('4'), commit('5')}).finish().size();
  for (std::size_t at = 0; at < size; at += 37) {
    scene broken(pack_with({commit('4'), commit('5')}));
    broken.world.source_git.break_at = at;
    BOOST_CHECK_THROW(broken.run(), failed);
    BOOST_TEST(to_text(broken.rows.front().status) == "planned");
    BOOST_TEST(broken.world.source_git.fetches.size() > 1U);
  }
}

BOOST_AUTO_TEST_SUITE_END()

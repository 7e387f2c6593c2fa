#include "engine/ref_push.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using boost::test_tools::per_element;

namespace ref_push_test {

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

using names = std::vector<std::string>;

struct recorder final : observer {
  names warnings_;
  void on(const any_event& happened) noexcept override {
    if (const auto* warned = std::get_if<event::warning>(&happened)) warnings_.push_back(warned->text);
  }
  const names& warnings() const { return warnings_; }
};

/// A target with these refs, and rows to push onto it.
struct scene {
  fake_world world;
  recorder seen;
  std::uint64_t retries = 0;
  byte_budget budget{16_MiB};
  std::vector<ref_row> rows;
  git::atomicity mode = git::atomicity::each_ref_for_itself;

  explicit scene(std::vector<std::pair<const char*, char>> there = {}) {
    for (const auto& [text, digit] : there) target().has.listing.refs.push_back({name(text), id(digit)});
  }
  fake_git_target& target() { return world.target_git; }

  scene& add(const char* ref, ref_action action, std::optional<char> from, std::optional<char> to) {
    ref_row row{name(ref), action, {}, {}, ref_status::planned, {}};
    if (from) row.old_id = id(*from);
    if (to) row.new_id = id(*to);
    rows.push_back(std::move(row));
    return *this;
  }
  void run() {
    const auto bytes = git::empty_pack(object_format::sha1);
    kept_pack kept(budget, byte_count(bytes.size()));
    BOOST_TEST_REQUIRE(kept.append(bytes));
    outgoing_kept_pack pack(std::move(kept), {byte_count(bytes.size())});
    retry_policy quick;
    quick.first_wait = quick.longest_wait = std::chrono::milliseconds(1);
    patience tries(quick, seen, retries, 1);
    run_task(push_refs(target(), rows, pack, push_terms{object_format::sha1, mode, std::chrono::milliseconds(1)}, tries,
                       seen));
  }
  names statuses() const {
    names all;
    for (const ref_row& row : rows) all.emplace_back(to_text(row.status));
    return all;
  }
  /// `refs/heads/a refs/heads/b with pack` for each push.
  names pushed() {
    names all;
    for (const auto& push : target().pushes) {
      std::string line;
      for (const git::ref_command& command : push.commands) line += (line.empty() ? "" : " ") + command.name.text();
      all.push_back(line + (push.pack ? " with pack" : ""));
    }
    return all;
  }
};

}  // namespace ref_push_test

BOOST_AUTO_TEST_SUITE(ref_push_test)

BOOST_AUTO_TEST_CASE(creates_go_with_the_pack_and_deletes_afterwards_without_one) {
  scene s({{"refs/heads/gone", '9'}});
  s.add("refs/heads/main", ref_action::create, {}, '1').add("refs/heads/gone", ref_action::delete_, '9', {});

  s.run();

  BOOST_TEST(s.statuses() == (names{"ok", "ok"}), per_element());
  BOOST_TEST(s.pushed() == (names{"refs/heads/main with pack", "refs/heads/gone"}), per_element());
}

BOOST_AUTO_TEST_CASE(case_07_df_conflict_a_delete_that_a_new_ref_waits_for_goes_first) {
  scene s({{"refs/heads/x", '9'}, {"refs/heads/z", '9'}});
  s.add("refs/heads/x/y", ref_action::create, {}, '1');
  s.add("refs/heads/x", ref_action::delete_, '9', {}).add("refs/heads/z", ref_action::delete_, '9', {});

  s.run();

  BOOST_TEST(s.pushed() == (names{"refs/heads/x", "refs/heads/x/y with pack", "refs/heads/z"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_new_ref_is_not_sent_when_the_delete_it_waits_for_was_refused) {
  scene s({{"refs/heads/x", '9'}});
  s.target().refusals["refs/heads/x"] = "deletion prohibited";
  s.add("refs/heads/x/y", ref_action::create, {}, '1').add("refs/heads/x", ref_action::delete_, '9', {});

  s.run();

  BOOST_TEST(s.statuses() == (names{"rejected", "skipped"}), per_element());
  BOOST_TEST(s.pushed() == names{"refs/heads/x"}, per_element());
}

BOOST_AUTO_TEST_CASE(the_class_that_the_words_name_is_left_out_and_the_rest_lands) {
  scene s;
  s.target().declined = {"refs/pr/"};
  s.target().remote_lines = {"Nobody pushes to refs/pr/ here."};
  s.add("refs/heads/main", ref_action::create, {}, '1').add("refs/pr/1", ref_action::create, {}, '2');
  s.add("refs/pr/2", ref_action::create, {}, '2').add("refs/tags/v1", ref_action::create, {}, '1');

  s.run();

  BOOST_TEST(s.statuses() == (names{"ok", "skipped", "skipped", "ok"}), per_element());
  BOOST_TEST(s.target().pushes.size() == 2U);
  BOOST_TEST(s.rows.at(1).reason == "pre-receive hook declined: Nobody pushes to refs/pr/ here.");
  BOOST_TEST(s.seen.warnings() == names{"left out 2 refs, refs/pr/: the target said 'pre-receive hook declined: "
                                        "Nobody pushes to refs/pr/ here.'"},
             per_element());
}

BOOST_AUTO_TEST_CASE(without_a_name_branches_go_apart_then_each_alone) {
  scene s;
  s.target().declined = {"refs/heads/locked", "refs/pr/1"};
  for (const char* ref : {"refs/heads/a", "refs/heads/locked", "refs/heads/z", "refs/pr/1", "refs/pr/2"}) {
    s.add(ref, ref_action::create, {}, '1');
  }

  s.run();

  BOOST_TEST(s.statuses() == (names{"ok", "rejected", "ok", "skipped", "ok"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_host_that_refuses_everything_is_not_asked_for_ever) {
  scene s;
  s.target().declined = {"refs/"};
  for (int i = 0; i < 500; ++i) {
    s.add(("refs/heads/b" + std::to_string(i)).c_str(), ref_action::create, {}, '1');
  }

  s.run();

  BOOST_TEST(s.target().pushes.size() <= most_refused_pushes);
  BOOST_TEST(std::ranges::count(s.statuses(), "rejected") == 500);
}

BOOST_AUTO_TEST_CASE(a_target_that_is_still_at_work_behind_a_front_that_gave_up_is_waited_for) {
  scene s;
  s.target().push_fails = failure(errc::server_failed).http_status(504);
  s.target().push_fails_times = 1;
  s.add("refs/heads/a", ref_action::create, {}, '1').add("refs/heads/b", ref_action::create, {}, '2');
  s.target().at_list = [&](unsigned look) {
    auto& shown = s.target().has.listing.refs;
    if (look == 1) shown = {{name("refs/heads/a"), id('1')}};
    if (look == 2) shown = {{name("refs/heads/a"), id('1')}, {name("refs/heads/b"), id('2')}};
  };

  s.run();

  BOOST_TEST(s.target().pushes.size() == 1U);
  BOOST_TEST(s.statuses() == (names{"ok", "ok"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_ref_that_moved_meanwhile_is_overwritten_if_forced_and_that_is_said) {
  for (const on_divergence divergence : {on_divergence::overwrite, on_divergence::refuse}) {
    scene s({{"refs/heads/main", '1'}});
    s.add("refs/heads/main", ref_action::update, '1', '2').rows.back().divergence = divergence;
    s.target().meanwhile = [&](unsigned push) {
      if (push == 1) s.target().has.listing.refs = {{name("refs/heads/main"), id('7')}};
    };

    s.run();

    const bool forced = divergence == on_divergence::overwrite;
    BOOST_TEST(s.statuses() == names{forced ? "ok" : "failed"}, per_element());
    BOOST_TEST(s.target().pushes.size() == (forced ? 2U : 1U));
    BOOST_TEST(s.rows.at(0).reason.find("somebody else") != std::string::npos);
    BOOST_TEST(s.seen.warnings().size() == (forced ? 1U : 0U));
    if (forced) BOOST_CHECK(s.target().pushes.at(1).commands.at(0).old_id == id('7'));
  }
}

BOOST_AUTO_TEST_CASE(a_ref_that_never_rests_is_given_up_after_three_more_tries) {
  scene s({{"refs/heads/main", '1'}});
  s.add("refs/heads/main", ref_action::update, '1', '2');
  s.target().meanwhile = [&](unsigned push) {
    s.target().has.listing.refs = {{name("refs/heads/main"), id(push % 2 == 0 ? '6' : '7')}};
  };

  s.run();

  BOOST_TEST(s.target().pushes.size() == 4U);
  BOOST_TEST(s.statuses() == names{"failed"}, per_element());
}

BOOST_AUTO_TEST_CASE(all_or_none_goes_in_one_push_and_is_not_divided) {
  scene s({{"refs/heads/gone", '9'}});
  s.mode = git::atomicity::all_or_none;
  s.target().declined = {"refs/heads/gone"};
  s.add("refs/heads/main", ref_action::create, {}, '1').add("refs/heads/gone", ref_action::delete_, '9', {});

  s.run();

  BOOST_TEST(s.target().pushes.size() == 1U);
  BOOST_TEST(s.statuses() == (names{"rejected", "rejected"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_pack_that_could_not_be_unpacked_is_not_sent_again) {
  scene s;
  s.target().unpack_error = "index-pack abnormal exit";
  s.add("refs/heads/a", ref_action::create, {}, '1').add("refs/heads/b", ref_action::create, {}, '1');

  s.run();

  BOOST_TEST(s.target().pushes.size() == 1U);
  BOOST_TEST(s.statuses() == (names{"rejected", "rejected"}), per_element());
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

BOOST_AUTO_TEST_CASE(the_ref_that_is_to_blame_is_told_before_those_that_fell_with_it) {
  std::vector<ref_row> rows{update_row(), update_row()};
  rows[0].status = rows[1].status = ref_status::rejected;
  rows[0].reason = "atomic push failure";
  rows[1].reason = "hook declined";
  BOOST_TEST(verdict_of(rows, false).value().detail() == "2 refs, first refs/heads/main: hook declined");
}

BOOST_AUTO_TEST_CASE(what_our_own_rules_reject_is_not_blamed_on_the_target) {
  std::vector<ref_row> rows{update_row()};
  rows[0].action = ref_action::skip;
  rows[0].status = ref_status::rejected;
  BOOST_CHECK(verdict_of(rows, false).value().blamed() == side::unknown);
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
  const auto strict = verdict_of({right, left_by_us}, true);
  BOOST_TEST(strict->hint().starts_with("--strict"), strict->hint());
}

BOOST_AUTO_TEST_SUITE_END()

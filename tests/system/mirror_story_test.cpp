#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/copy_story.hpp"

// Onto a target that has a will of its own: real hooks and settings in the repository that the forge serves.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace mirror_story_test {

void add_hook(const git_repository& repository, const std::string& name, const std::string& script) {
  namespace fs = std::filesystem;
  const fs::path file = repository.path() / "hooks" / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file) << "#!/bin/sh\n" << script;
  fs::permissions(file, fs::perms::owner_all);
}

git_oid id_of(const git_repository& repository, const std::string& ref) {
  return git_oid::from_hex(repository.refs().at(ref)).value();
}

/// A source with `main`, a tag and a pull request, and the target a copy of it.
struct copied_story : copy_story {
  copied_story() {
    const git_oid first = original().commit("main", {{"README.md", "# a model\n"}});
    original().light_tag("v1", first);
    original().commit("old", {{"old.txt", "old\n"}});
    const copy_run first_run = run({"--mirror"});
    BOOST_TEST_REQUIRE(first_run.exit_code() == 0, first_run.said());
  }
};

}  // namespace mirror_story_test

BOOST_AUTO_TEST_SUITE(mirror_story_test)

BOOST_AUTO_TEST_CASE(case_04_new_ref_existing_object_needs_no_fetch) {
  copied_story story;
  story.original().set_ref("refs/heads/again", id_of(story.original(), "refs/heads/main"));

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(git_requests(run.source_log, "git-upload-pack", "fetch") == 0u);
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(case_05_delete_only_sends_no_pack) {
  copied_story story;
  story.original().delete_ref("refs/heads/old");

  const copy_run run = story.run({"--mirror"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.refs("action").at("refs/heads/old") == "delete");
  BOOST_TEST(git_requests(run.source_log, "git-upload-pack", "fetch") == 0u);
  BOOST_TEST(ref_pushes(run.target_log) == 1u);
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(case_06_no_mirror_keeps_what_the_source_dropped) {
  copied_story story;
  story.original().delete_ref("refs/heads/old");

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.copied().refs().contains("refs/heads/old"));
}

BOOST_AUTO_TEST_CASE(case_07_df_conflict_deletes_first) {
  copied_story story;
  const git_oid tip = id_of(story.original(), "refs/heads/old");
  story.original().delete_ref("refs/heads/old");
  story.original().set_ref("refs/heads/old/er", tip);

  const copy_run without = story.run();
  BOOST_TEST(without.exit_code() == 6, without.said());
  BOOST_TEST(without.refs("reason").at("refs/heads/old/er").find("in its way") != std::string::npos);

  const copy_run run = story.run({"--mirror"});
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(case_10_ff_only_refuses_what_diverged_and_pushes_the_rest) {
  copied_story story;
  const git_oid own = story.copied().commit("main", {{"own.txt", "work of the target\n"}});
  story.copied().set_ref("refs/tags/v1", own);
  story.original().commit("main", {{"more.txt", "work of the source\n"}});
  story.original().add_history("old", 20);
  story.original().commit("new", {{"new.txt", "new\n"}});

  const copy_run run = story.run({"--no-force"});

  BOOST_TEST(run.exit_code() == 6, run.said());
  const auto status = run.refs("status");
  BOOST_TEST(status.at("refs/heads/main") == "rejected");
  BOOST_TEST(run.refs("reason").at("refs/heads/main").starts_with("not a fast-forward"));
  BOOST_TEST(status.at("refs/tags/v1") == "rejected");
  BOOST_TEST(status.at("refs/heads/old") == "ok");
  BOOST_TEST(status.at("refs/heads/new") == "ok");
  BOOST_TEST(story.copied().refs().at("refs/heads/main") == own.hex());
  BOOST_TEST(story.copied().refs().at("refs/heads/old") == story.original().refs().at("refs/heads/old"));
}

BOOST_AUTO_TEST_CASE(case_10_without_a_filter_the_answer_is_the_same) {
  story_setup setup;
  setup.source.flags = {"--no-filter"};
  copy_story story(setup);
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.original().commit("side", {{"side.txt", "side\n"}});
  BOOST_TEST_REQUIRE(story.run().exit_code() == 0);
  story.original().add_history("side", 5);
  story.copied().commit("main", {{"own.txt", "own\n"}});
  story.original().commit("main", {{"more.txt", "more\n"}});

  const copy_run run = story.run({"--no-force"});

  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "rejected");
  BOOST_TEST(run.refs("status").at("refs/heads/side") == "ok");
}

BOOST_AUTO_TEST_CASE(case_11_target_race_is_seen_and_told) {
  for (const bool forced : {true, false}) {
    copied_story story;
    const std::string before = story.copied().refs().at("refs/heads/main");
    story.original().commit("main", {{"more.txt", "more\n"}});
    const std::string theirs = story.copied().commit("theirs", {{"own.txt", "own\n"}}).hex();
    story.copied().delete_ref("refs/heads/theirs");
    // While the push is being looked at, somebody else moves the branch: once, and outside of the push's quarantine.
    add_hook(story.copied(), "pre-receive",
             "[ -e moved ] && exit 0\n: > moved\nunset GIT_QUARANTINE_PATH\n"
             "git update-ref refs/heads/main " +
                 theirs + " " + before + "\n");

    const copy_run run = story.run(forced ? std::vector<std::string>{} : std::vector<std::string>{"--no-force"});

    const std::string now = story.copied().refs().at("refs/heads/main");
    BOOST_TEST(run.exit_code() == (forced ? 0 : 5), run.said());
    BOOST_TEST(now == (forced ? story.original().refs().at("refs/heads/main") : theirs));
    BOOST_TEST(run.refs("reason").at("refs/heads/main").find("somebody else") != std::string::npos, run.said());
  }
}

BOOST_AUTO_TEST_CASE(case_30_gitlab_like_hook_lets_go_what_has_its_objects) {
  copy_story story;
  story.commit_objects("main", "weights", 2, 50'000);
  story.original().commit("side", {{"README.md", "no objects\n"}});
  add_hook(
      story.copied(), "pre-receive",
      "while read old new ref; do\n"
      "  for oid in $(git rev-list --objects $new --not --all | cut -d' ' -f1 | git cat-file --batch 2>/dev/null |\n"
      "      grep -a '^oid sha256:' | cut -d: -f2); do\n"
      "    found=$(find lfs/objects -name $oid)\n"
      "    [ -n \"$found\" ] || { echo 'GitLab: LFS objects are missing. Ensure LFS is properly set up.' >&2; "
      "exit 1; }\n"
      "  done\ndone\n");

  const copy_run bare = story.run({"--lfs", "none"});
  BOOST_TEST(bare.exit_code() == 6, bare.said());
  BOOST_TEST(bare.refs("status").at("refs/heads/side") == "ok");
  BOOST_TEST(bare.refs("reason").at("refs/heads/main").find("LFS objects are missing") != std::string::npos);
  BOOST_TEST(bare.process.err.find("names 2 LFS objects") != std::string::npos, bare.said());

  const copy_run run = story.run();
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(case_30_a_namespace_and_a_delete_that_are_refused_sink_nothing_else) {
  copied_story story;
  story.original().delete_ref("refs/heads/old");
  story.original().commit("main", {{"more.txt", "more\n"}});
  story.original().commit("new", {{"new.txt", "new\n"}});
  for (const char* number : {"1", "2", "3"}) {
    story.original().set_ref(std::string("refs/pr/") + number, id_of(story.original(), "refs/heads/new"));
  }
  add_hook(story.copied(), "pre-receive",
           "while read old new ref; do\n"
           "  case $ref in refs/pr/*) echo 'GitLab: refs/pr/ is reserved.' >&2; exit 1;; esac\n"
           "  case $new in *[!0]*) ;; *) echo 'GitLab: You can only delete protected branches using the web "
           "interface.' >&2; exit 1;; esac\ndone\n");

  const copy_run run = story.run({"--mirror"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  const auto status = run.refs("status");
  const auto reason = run.refs("reason");
  BOOST_TEST(status.at("refs/heads/main") == "ok");
  BOOST_TEST(status.at("refs/heads/new") == "ok");
  BOOST_TEST(status.at("refs/heads/old") == "skipped");
  BOOST_TEST(reason.at("refs/heads/old").find("protected branches") != std::string::npos);
  for (const char* ref : {"refs/pr/1", "refs/pr/2", "refs/pr/3"}) {
    BOOST_TEST(status.at(ref) == "skipped");
    BOOST_TEST(reason.at(ref).find("refs/pr/ is reserved") != std::string::npos);
  }
  BOOST_TEST(ref_pushes(run.target_log) == 3u);
  BOOST_TEST(run.process.err.find("left out 3 refs, refs/pr/") != std::string::npos, run.said());

  const copy_run strict = story.run({"--mirror", "--strict"});
  BOOST_TEST(strict.exit_code() == 6, strict.said());
}

BOOST_AUTO_TEST_CASE(what_a_gitlab_refuses_for_three_reasons_sinks_nothing_else) {
  copied_story story;
  story.commit_objects("trunk", "weights", 2, 50'000);
  story.original().set_ref("refs/pr/1", id_of(story.original(), "refs/heads/trunk"));
  story.original().git({"symbolic-ref", "HEAD", "refs/heads/trunk"});
  story.original().delete_ref("refs/heads/main");
  story.original().delete_ref("refs/heads/old");
  add_hook(
      story.copied(), "pre-receive",
      "while read old new ref; do\n"
      "  case $ref in refs/pr/*) echo 'GitLab: refs/pr/ is reserved.' >&2; exit 1;; esac\n"
      "  case $new in *[!0]*) ;; *) echo 'GitLab: You can only delete protected branches using the web interface.' "
      ">&2; exit 1;; esac\n"
      "  for oid in $(git rev-list --objects $new --not --all | cut -d' ' -f1 | git cat-file --batch 2>/dev/null |\n"
      "      grep -a '^oid sha256:' | cut -d: -f2); do\n"
      "    [ -n \"$(find lfs/objects -name $oid)\" ] || { echo 'GitLab: LFS objects are missing.' >&2; exit 1; }\n"
      "  done\ndone\n");

  const copy_run run = story.run({"--mirror"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  const auto reason = run.refs("reason");
  BOOST_TEST(reason.at("refs/heads/main").find("default branch") != std::string::npos, run.said());
  BOOST_TEST(reason.at("refs/heads/old").find("protected branches") != std::string::npos, run.said());
  BOOST_TEST(reason.at("refs/pr/1").find("is reserved") != std::string::npos, run.said());
  for (const auto& [ref, id] : story.original().refs()) {
    if (!ref.starts_with("refs/pr/")) BOOST_TEST(story.copied().refs().at(ref) == id, ref);
  }
  BOOST_TEST(stored_uploads(run.target_log) == 2u);
  BOOST_TEST(story.copied().is_sound());
}

BOOST_AUTO_TEST_CASE(case_31_ng_reasons_table_each_refusal_is_its_refs_own) {
  copied_story story;
  story.copied().git({"config", "receive.hideRefs", "refs/hid"});
  story.copied().git({"config", "receive.denyDeletes", "true"});
  story.copied().git({"config", "receive.denyNonFastForwards", "true"});
  story.original().set_ref("refs/hid/x", id_of(story.original(), "refs/heads/old"));
  story.original().delete_ref("refs/heads/old");
  story.copied().commit("main", {{"own.txt", "own\n"}});
  story.original().commit("main", {{"more.txt", "more\n"}});
  story.original().commit("new", {{"new.txt", "new\n"}});

  const copy_run run = story.run({"--mirror"});

  BOOST_TEST(run.exit_code() == 6, run.said());
  const auto status = run.refs("status");
  const auto reason = run.refs("reason");
  BOOST_TEST(status.at("refs/heads/new") == "ok");
  BOOST_TEST(status.at("refs/heads/main") == "rejected");
  BOOST_TEST(reason.at("refs/heads/main") == "non-fast-forward");
  BOOST_TEST(status.at("refs/hid/x") == "skipped");
  BOOST_TEST(reason.at("refs/hid/x") == "deny updating a hidden ref");
  BOOST_TEST(status.at("refs/heads/old") == "skipped");
  BOOST_TEST(reason.at("refs/heads/old") == "deletion prohibited");
}

BOOST_AUTO_TEST_CASE(case_32_atomic_flag_says_which_landed) {
  copied_story story;
  const std::string before = story.copied().refs().at("refs/heads/main");
  add_hook(story.copied(), "update", "[ $1 != refs/heads/locked ]\n");
  story.original().commit("main", {{"more.txt", "more\n"}});
  story.original().commit("locked", {{"new.txt", "new\n"}});

  const copy_run run = story.run({"--atomic"});

  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "rejected");
  BOOST_TEST(run.refs("status").at("refs/heads/locked") == "rejected");
  BOOST_TEST(story.copied().refs().at("refs/heads/main") == before);
  BOOST_TEST(ref_pushes(run.target_log) == 1u);
}

BOOST_AUTO_TEST_CASE(case_32_a_target_that_cannot_do_it_is_told_before_anything_is_sent) {
  copied_story story;
  story.copied().git({"config", "receive.advertiseAtomic", "false"});
  story.commit_objects("main", "weights", 1, 10'000);

  const copy_run run = story.run({"--atomic"});

  BOOST_TEST(run.exit_code() != 0, run.said());
  BOOST_TEST(run.error().find("all refs or none") != std::string::npos, run.said());
  BOOST_TEST(stored_uploads(run.target_log) == 0u);
  BOOST_TEST(ref_pushes(run.target_log) == 0u);
}

BOOST_AUTO_TEST_CASE(case_46_a_target_that_takes_push_options_is_sent_none) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.copied().git({"config", "receive.advertisePushOptions", "true"});
  add_hook(story.copied(), "pre-receive", "[ \"${GIT_PUSH_OPTION_COUNT:-0}\" = 0 ]\n");

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(the_targets_default_branch_is_left_when_the_source_dropped_it) {
  copied_story story;
  story.original().commit("trunk", {{"README.md", "# moved\n"}});
  story.original().git({"symbolic-ref", "HEAD", "refs/heads/trunk"});
  story.original().delete_ref("refs/heads/main");

  const copy_run run = story.run({"--mirror"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "skipped");
  BOOST_TEST(run.refs("reason").at("refs/heads/main").find("default branch") != std::string::npos);
  BOOST_TEST(story.copied().refs().contains("refs/heads/main"));
  BOOST_TEST(story.copied().refs().contains("refs/heads/trunk"));
}

BOOST_AUTO_TEST_SUITE_END()

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/copy_story.hpp"

// Repositories of this machine at either end, read back by real git and git-lfs.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace fs = std::filesystem;

namespace local_story_test {

/// A story with a folder for archives beside its two hosts.
struct local_story : copy_story {
  temporary_folder archives;

  std::string from_host() const { return command().arguments.at(source_place()); }
  std::string to_host() const { return command().arguments.at(source_place() + 1); }
  std::string archive(const std::string& as = "archive.git") const { return (archives.path() / as).string(); }

  copy_run between(const std::string& from, const std::string& to, std::vector<std::string> flags = {}) const {
    return run(command(from, to, std::move(flags)));
  }
  copy_run verified(const std::string& from, const std::string& to) const {
    child_command ask = command(from, to, {"--deep"});
    std::replace(ask.arguments.begin(), ask.arguments.end(), std::string("copy"), std::string("verify"));
    return run(std::move(ask));
  }

 private:
  std::size_t source_place() const {
    const auto words = command().arguments;
    return static_cast<std::size_t>(std::find(words.begin(), words.end(), "copy") - words.begin()) + 1;
  }
};

bool objects_are_whole(const git_repository& in) {
  try {
    in.git({"lfs", "fsck", "--objects"});
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::size_t files_below(const fs::path& folder) {
  if (!fs::exists(folder)) return 0;
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) files += entry.is_regular_file() ? 1 : 0;
  return files;
}

}  // namespace local_story_test

BOOST_AUTO_TEST_SUITE(local_story_test)

BOOST_AUTO_TEST_CASE(a_host_is_archived_with_its_objects) {
  local_story story;
  story.commit_objects("main", "weights", 3, 300'000);
  story.original().annotated_tag("v1", story.original().commit("dev", {{"deep/er/file", "text"}}));

  const copy_run run = story.between(story.from_host(), story.archive(), {"--create", "--lfs", "all"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  const auto copy = git_repository::at(story.archive());
  BOOST_TEST((copy.refs() == story.original().refs()));
  BOOST_TEST(copy.is_sound());
  BOOST_TEST(objects_are_whole(copy));
  BOOST_TEST(run.number("lfs.sent") == 3);
}

BOOST_AUTO_TEST_CASE(a_host_is_seeded_from_an_archive) {
  local_story story;
  story.commit_objects("main", "weights", 3, 300'000);

  const copy_run run = story.between(story.original().path().string(), story.to_host());

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(blobs_came_first(run.target_log));
}

BOOST_AUTO_TEST_CASE(an_archive_is_copied_again_and_only_what_is_new_is_sent) {
  local_story story;
  story.commit_objects("main", "weights", 2, 100'000);
  story.original().add_history("main", 30);
  const std::string from = story.original().path().string();
  const copy_run first = story.between(from, story.archive(), {"--create"});
  BOOST_TEST_REQUIRE(first.exit_code() == 0, first.said());
  story.commit_objects("main", "more", 1, 100'000);

  const copy_run second = story.between("file://" + from, story.archive());

  BOOST_TEST(second.exit_code() == 0, second.said());
  BOOST_TEST(second.number("lfs.sent") == 1);
  BOOST_TEST(second.number("pack.objects") <= 4);
  BOOST_TEST(git_repository::at(story.archive()).is_sound());
  const copy_run same = story.verified(from, story.archive());
  BOOST_TEST(same.exit_code() == 0, same.said());
}

BOOST_AUTO_TEST_CASE(a_damaged_object_of_the_source_stops_the_refs) {
  local_story story;
  const auto blobs = story.commit_objects("main", "weights", 1, 50'000);
  const fs::path file = story.original().object_file(blobs.front().oid);
  fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
  std::ofstream(file, std::ios::binary) << std::string(50'000, 'x');

  const copy_run run = story.between(story.original().path().string(), story.archive(), {"--create"});

  BOOST_TEST(run.exit_code() == 11, run.said());
  BOOST_TEST(git_repository::at(story.archive()).refs().empty());
  BOOST_TEST(files_below(fs::path(story.archive()) / "lfs") == 0u);
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_neither_objects_nor_refs) {
  local_story story;
  story.commit_objects("main", "weights", 1, 500'000);
  const std::string from = story.original().path().string();
  git_repository::make(story.archive());
  child_command limited = story.command(from, story.archive(), {"--retries", "0"});
  limited.arguments.insert(limited.arguments.begin(), {"prlimit", "--fsize=200000"});

  const copy_run run = story.run(std::move(limited));

  BOOST_TEST(run.exit_code() != 0);
  BOOST_TEST(run.said().find("arge") != std::string::npos, run.said());  // "File too large"
  BOOST_TEST(files_below(fs::path(story.archive()) / "lfs") == 0u);
  BOOST_TEST(git_repository::at(story.archive()).refs().empty());
}

BOOST_AUTO_TEST_CASE(a_pack_on_a_full_disk_leaves_nothing) {
  local_story story;
  story.original().commit("main", {{"large.txt", noise(500'000, 7)}});
  git_repository::make(story.archive());
  child_command limited = story.command(story.original().path().string(), story.archive(), {"--retries", "0"});
  limited.arguments.insert(limited.arguments.begin(), {"prlimit", "--fsize=200000"});

  const copy_run run = story.run(std::move(limited));

  BOOST_TEST(run.exit_code() != 0);
  BOOST_TEST(files_below(fs::path(story.archive()) / "objects") == 0u);
  BOOST_TEST(git_repository::at(story.archive()).refs().empty());
}

BOOST_AUTO_TEST_CASE(a_locked_ref_stays_and_the_others_move) {
  local_story story;
  story.original().commit("main", {{"a", "1"}});
  story.original().commit("dev", {{"b", "2"}});
  const auto copy = git_repository::make(story.archive());
  std::ofstream(copy.path() / "refs" / "heads" / "dev.lock") << "";

  const copy_run run = story.between(story.original().path().string(), story.archive(), {"--retries", "0"});

  BOOST_TEST(run.exit_code() != 0);
  BOOST_TEST(copy.refs().size() == 1u);
  BOOST_TEST(copy.refs().contains("refs/heads/main"));
}

BOOST_AUTO_TEST_CASE(the_branch_of_a_working_tree_is_not_moved_under_it) {
  local_story story;
  story.original().commit("main", {{"a", "1"}});
  const std::string from = story.original().path().string();
  story.original().git({"clone", "-q", from, story.archive("tree")});
  story.original().commit("main", {{"a", "2"}});

  const copy_run run = story.between(from, story.archive("tree"));

  BOOST_TEST(run.exit_code() == 4, run.said());
  BOOST_TEST(run.said().find("checked out") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_source_with_a_missing_git_object_moves_nothing) {
  local_story story;
  const git_oid lost = story.original().commit("main", {{"a", "1"}});
  story.original().commit("main", {{"a", "2"}});
  const std::string from = story.archive("loose.git");
  const auto loose = git_repository::make(from);
  loose.git({"-c", "fetch.unpackLimit=100000", "fetch", "-q", story.original().path().string(), "main:main"});
  const std::string hex = lost.hex();
  BOOST_TEST_REQUIRE(fs::remove(loose.path() / "objects" / hex.substr(0, 2) / hex.substr(2)));

  const copy_run run = story.between(from, story.archive(), {"--create", "--retries", "0"});

  BOOST_TEST(run.exit_code() == 11, run.said());
  BOOST_TEST(git_repository::at(story.archive()).refs().empty());
}

BOOST_AUTO_TEST_CASE(a_folder_and_one_that_ends_in_git_are_two_repositories) {
  local_story story;
  story.original().commit("main", {{"a", "1"}});
  const copy_run there = story.between(story.original().path().string(), story.archive("x"), {"--create"});
  BOOST_TEST_REQUIRE(there.exit_code() == 0, there.said());

  const copy_run run = story.between(story.archive("x"), story.archive("x.git"), {"--create"});

  BOOST_TEST(run.exit_code() == 0, run.said());
}

BOOST_AUTO_TEST_CASE(a_shallow_clone_is_no_source) {
  local_story story;
  story.original().add_history("main", 3);
  const std::string url = "file://" + story.original().path().string();
  story.original().git({"clone", "-q", "--bare", "--depth", "1", url, story.archive("shallow.git")});

  const copy_run run = story.between(story.archive("shallow.git"), story.archive(), {"--create"});

  BOOST_TEST(run.error().find("shallow") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(a_sha256_repository_is_refused_by_name) {
  local_story story;
  story.original().commit("main", {{"a", "1"}});
  git_repository::make(story.archive(), object_format::sha256);

  const copy_run run = story.between(story.original().path().string(), story.archive());

  BOOST_TEST(run.error().find("sha1") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(a_target_that_is_not_there_is_made_only_when_asked) {
  local_story story;
  story.original().commit("main", {{"a", "1"}});

  const copy_run run = story.between(story.original().path().string(), story.archive());

  BOOST_TEST(run.exit_code() == 4, run.said());
  BOOST_TEST(run.error("hint").find("--create") != std::string::npos);
  BOOST_TEST(!fs::exists(story.archive()));
}

BOOST_AUTO_TEST_CASE(a_dry_run_plans_for_a_folder_that_is_not_there_and_makes_none) {
  local_story story;
  story.commit_objects("main", "weights", 2, 5000);

  const copy_run run = story.between(story.original().path().string(), story.archive(), {"--create", "--dry-run"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.document.at("repository").as_object().at("would_create").as_bool());
  BOOST_TEST(run.number("lfs.objects") == 2);
  BOOST_TEST(run.number("lfs.present") == 0);
  BOOST_TEST(!fs::exists(story.archive()));
}

BOOST_AUTO_TEST_CASE(no_repository_is_made_among_other_files) {
  local_story story;
  story.original().commit("main", {{"a", "1"}});
  const fs::path full = story.archive("full"), empty = story.archive("empty");
  fs::create_directory(full);
  fs::create_directory(empty);
  std::ofstream(full / "letter.txt") << "dear";

  for (const std::vector<std::string>& flags : {std::vector<std::string>{"--create", "--dry-run"}, {"--create"}}) {
    const copy_run refused = story.between(story.original().path().string(), full.string(), flags);
    BOOST_TEST(refused.exit_code() == 1, refused.said());
    BOOST_TEST(refused.error("what").find("not empty") != std::string::npos, refused.said());
    const copy_run made = story.between(story.original().path().string(), empty.string(), flags);
    BOOST_TEST(made.exit_code() == 0, made.said());
  }
  BOOST_TEST(std::distance(fs::directory_iterator(full), fs::directory_iterator()) == 1);
}

BOOST_AUTO_TEST_CASE(a_dry_run_promises_no_folder_where_a_file_stands) {
  local_story story;
  story.original().commit("main", {{"a", "1"}});
  const std::string file = story.archive("file");
  std::ofstream(file) << "text";

  for (const std::string& place : {file, file + "/below"}) {
    for (const std::vector<std::string>& flags : {std::vector<std::string>{"--create", "--dry-run"}, {"--create"}}) {
      const copy_run run = story.between(story.original().path().string(), place, flags);
      BOOST_TEST(run.exit_code() == 1, run.said());
      BOOST_TEST(run.error("code") == "file_failed", run.said());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_linked_working_tree_is_a_source_with_all_its_repository_s_refs) {
  local_story story;
  story.commit_objects("main", "weights", 2, 5000);
  story.original().git({"worktree", "add", "-q", "--detach", story.archive("tree"), "main"});

  const copy_run run = story.between(story.archive("tree"), story.archive(), {"--create"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  const git_repository made = git_repository::at(story.archive());
  BOOST_TEST((made.refs() == story.original().refs()));
  BOOST_TEST(objects_are_whole(made));
}

BOOST_AUTO_TEST_CASE(git_objects_that_are_borrowed_are_copied) {
  local_story story;
  story.original().add_history("main", 5);
  story.original().git({"clone", "-q", "--bare", "--shared", story.original().path().string(), story.archive("b.git")});

  const copy_run run = story.between(story.archive("b.git"), story.archive(), {"--create"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(!fs::exists(fs::path(story.archive()) / "objects/info/alternates"));
  BOOST_TEST(git_repository::at(story.archive()).is_sound());
}

BOOST_AUTO_TEST_CASE(the_default_branch_of_a_folder_follows_the_source_s) {
  local_story story;
  story.original().commit("main", {{"a", "1"}});
  story.original().commit("trunk", {{"a", "1"}});
  BOOST_TEST_REQUIRE(story.between(story.original().path().string(), story.archive(), {"--create"}).exit_code() == 0);
  story.original().git({"symbolic-ref", "HEAD", "refs/heads/trunk"});

  const copy_run run =
      story.between(story.original().path().string(), story.archive(), {"--set-default-branch", "--format", "text"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(git_repository::at(story.archive()).git({"symbolic-ref", "HEAD"}) == "refs/heads/trunk");
  BOOST_TEST(run.process.out.find("default  trunk (was main)") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(a_large_git_object_is_refused_before_it_is_read) {
  local_story story;
  story.original().commit("main", {{"big.txt", noise(5'000'000, 3)}});

  const copy_run run =
      story.between(story.original().path().string(), story.archive(), {"--create", "--max-buffer-memory", "16MiB"});

  BOOST_TEST(run.exit_code() == 1, run.said());
  BOOST_TEST(run.error("hint").find("--max-buffer-memory 39MiB") != std::string::npos, run.said());
  BOOST_TEST(git_repository::at(story.archive()).refs().empty());
  const copy_run more =
      story.between(story.original().path().string(), story.archive(), {"--max-buffer-memory", "39MiB"});
  BOOST_TEST(more.exit_code() == 0, more.said());
}

BOOST_AUTO_TEST_CASE(what_a_killed_run_left_is_swept_and_what_is_young_stays) {
  local_story story;
  story.commit_objects("main", "weights", 1, 5000);
  const copy_run first = story.between(story.from_host(), story.archive(), {"--create"});
  BOOST_TEST_REQUIRE(first.exit_code() == 0, first.said());
  const fs::path tmp = fs::path(story.archive()) / "lfs/tmp";
  const auto leave = [&](const std::string& called, std::chrono::hours age) {
    std::ofstream(tmp / called) << "some bytes";
    fs::last_write_time(tmp / called, fs::file_time_type::clock::now() - age);
  };
  leave("abc-hfpipe-1-1", std::chrono::hours(2));
  leave("abc-hfpipe-2-1", std::chrono::hours(0));
  leave("of-git-lfs", std::chrono::hours(2));
  story.commit_objects("main", "more", 1, 5000);

  const copy_run run = story.between(story.from_host(), story.archive());

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(!fs::exists(tmp / "abc-hfpipe-1-1"));
  BOOST_TEST(fs::exists(tmp / "abc-hfpipe-2-1"));
  BOOST_TEST(fs::exists(tmp / "of-git-lfs"));
}

BOOST_AUTO_TEST_SUITE_END()

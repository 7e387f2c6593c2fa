#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/copy_story.hpp"

// Is the target a true copy? Asked before and after repairs, and what asking costs the two hosts: nothing.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace verify_story_test {

/// `hfpipe verify` in the place of `hfpipe copy`.
copy_run verify(const copy_story& story, std::vector<std::string> flags = {}) {
  child_command command = story.command(std::move(flags));
  for (std::string& word : command.arguments) {
    if (word == "copy") word = "verify";
  }
  return story.run(std::move(command));
}

/// The names of the differences of that kind.
std::vector<std::string> differences(const copy_run& run, std::string_view kind) {
  std::vector<std::string> names;
  for (const json::value& row : run.document.at("differences").as_array()) {
    if (row.at("kind").as_string() == kind) names.emplace_back(row.at("name").as_string());
  }
  return names;
}

/// That neither host was asked for anything that could change it.
void check_only_read(const copy_run& run) {
  for (const log_lines* log : {&run.source_log, &run.target_log}) {
    BOOST_TEST(git_requests(*log, "git-receive-pack") == 0u);
    BOOST_TEST(ref_pushes(*log) == 0u);
    BOOST_TEST(events_of(*log, "upload").empty());
    BOOST_TEST(events_of(*log, "verify").empty());
    for (const json::object& batch : events_of(*log, "batch")) {
      BOOST_TEST(batch.at("operation").as_string() == "download");
    }
  }
}

/// The file in which the target keeps the object, below its repository as in every bare repository with LFS.
std::filesystem::path stored_file(copy_story& story, const lfs_object& blob) {
  const std::string hex = blob.oid.hex();
  return story.copied().path() / "lfs" / "objects" / hex.substr(0, 2) / hex.substr(2, 2) / hex;
}

void damage(const std::filesystem::path& file) {
  std::filesystem::permissions(file, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
  std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
  const int first = bytes.get();
  bytes.seekp(0);
  bytes.put(static_cast<char>(first ^ 1));
  BOOST_REQUIRE(bytes.good());
}

}  // namespace verify_story_test

BOOST_AUTO_TEST_SUITE(verify_story_test)

BOOST_AUTO_TEST_CASE(pointers_alone_are_no_copy_until_all_objects_are_sent) {
  copy_story story;
  const auto blobs = story.commit_objects("main", "weights", 3, 100'000);
  BOOST_TEST_REQUIRE(story.run({"--pointer-only"}).exit_code() == 0);

  const copy_run before = verify(story);
  BOOST_TEST(before.exit_code() == 12, before.said());
  BOOST_TEST(differences(before, "object").size() == 3u);
  BOOST_TEST(differences(before, "ref").empty());
  check_only_read(before);

  // A repetition moves no ref and so looks at no object; it says so.
  child_command again = story.command();
  std::erase(again.arguments, "json");
  std::erase(again.arguments, "--format");
  const child_result nothing = run_child(std::move(again));
  BOOST_TEST(nothing.exit_code == 0);
  BOOST_TEST(nothing.out.find("nothing to do") != std::string::npos, nothing.out);
  BOOST_TEST(nothing.out.find("--lfs all") != std::string::npos, nothing.out);

  const copy_run repaired = story.run({"--lfs", "all"});
  BOOST_TEST(repaired.exit_code() == 0, repaired.said());
  BOOST_TEST(repaired.number("lfs.sent") == 3);
  BOOST_TEST(ref_pushes(repaired.target_log) == 0u);

  const copy_run after = verify(story);
  BOOST_TEST(after.exit_code() == 0, after.said());
  BOOST_TEST(after.document.at("differences").as_array().empty());
  BOOST_TEST(after.number("lfs.present") == 3);
  check_only_read(after);
}

BOOST_AUTO_TEST_CASE(trap_19_a_damaged_object_is_found_by_reading_it_back) {
  copy_story story;
  const auto blobs = story.commit_objects("main", "weights", 4, 300'000);
  BOOST_TEST_REQUIRE(story.run().exit_code() == 0);
  damage(stored_file(story, blobs[2]));

  BOOST_TEST(verify(story).exit_code() == 0);
  const copy_run deep = verify(story, {"--deep"});

  BOOST_TEST(deep.exit_code() == 12, deep.said());
  BOOST_TEST(differences(deep, "object") == std::vector<std::string>{blobs[2].oid.hex()},
             boost::test_tools::per_element());
  BOOST_TEST(deep.number("lfs.proven") == 3);
  BOOST_TEST(events_of(deep.source_log, "download").empty());
  check_only_read(deep);
}

BOOST_AUTO_TEST_CASE(a_ref_that_somebody_moved_on_the_target_is_a_difference) {
  copy_story story;
  story.original().commit("main", {{"README.md", "one\n"}});
  story.original().commit("dev", {{"README.md", "two\n"}});
  BOOST_TEST_REQUIRE(story.run().exit_code() == 0);
  story.copied().git({"update-ref", "refs/heads/dev", "refs/heads/main"});
  story.copied().git({"update-ref", "refs/heads/own", "refs/heads/main"});

  const copy_run run = verify(story);
  BOOST_TEST(run.exit_code() == 12, run.said());
  BOOST_TEST(differences(run, "ref") == std::vector<std::string>{"refs/heads/dev"}, boost::test_tools::per_element());
  check_only_read(run);
}

BOOST_AUTO_TEST_CASE(a_dry_run_lists_what_would_happen_and_changes_nothing) {
  copy_story story;
  story.original().commit("main", {{"README.md", "one\n"}});
  story.commit_objects("main", "weights", 2, 10'000);

  const copy_run planned = story.run({"--dry-run", "--mirror"});

  BOOST_TEST(planned.exit_code() == 0, planned.said());
  BOOST_TEST(planned.refs("status").at("refs/heads/main") == "planned");
  BOOST_TEST(planned.refs("action").at("refs/heads/main") == "create");
  BOOST_TEST(planned.number("lfs.objects") == 2);
  BOOST_TEST(planned.number("lfs.sent") == 0);
  BOOST_TEST(story.copied().refs().empty());
  check_only_read(planned);
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <thread>

#include "tests/support/copy_story.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/sanitized.hpp"

// History that does not fit into memory: it is read once for its LFS pointers, and fetched again while it is pushed.
// Repositories are made by children, because a child's peak never reads below its parent's.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace large_pack_story_test {

constexpr byte_count rss_limit = resident_limit(64_MiB);
constexpr unsigned shrink = sanitized ? 10 : 1;
constexpr unsigned weights = 75 / shrink;  // of 4 MiB each, so 300 MiB of pack

const std::vector<std::string> small_memory{"--max-buffer-memory", "16MiB"};

std::vector<std::string> with(std::vector<std::string> flags, std::vector<std::string> more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

story_setup without_filter() {
  story_setup setup;
  setup.source.flags = {"--no-filter"};
  return setup;
}

/// Feeds the output of a shell script to git fast-import.
void import(const git_repository& into, const std::string& script) {
  const child_result done = run_child(
      {.arguments = {"bash", "-c",
                     "set -o pipefail; { " + script + "; } | git -c core.compression=0 fast-import --quiet --force"},
       .environment = quiet_git_environment(),
       .folder = into.path(),
       .limit = std::chrono::seconds(300)});
  if (done.exit_code != 0) throw std::runtime_error("fast-import: " + done.err);
}

/// One commit of so many incompressible blobs of 4 MiB, on top of what is there.
void add_weight(const git_repository& into, unsigned blobs) {
  into.git({"config", "core.compression", "0"});
  into.git({"config", "core.bigFileThreshold", "1m"});  // no search for deltas among noise
  const std::string count = std::to_string(blobs);
  import(into, "for i in $(seq " + count +
                   "); do printf 'blob\\nmark :%d\\ndata 4194304\\n' $i; head -c 4194304 /dev/urandom; echo; done; "
                   "printf 'commit refs/heads/main\\ncommitter A <a@example.org> 1700000000 +0000\\ndata 6\\nweight\\n"
                   "from refs/heads/main^0\\n'; for i in $(seq " +
                   count + "); do printf 'M 100644 :%d weight%d.dat\\n' $i $i; done");
}

/// Commits that each change one of fifty files a little, three objects each; every 131st also adds a pointer, and a
/// later one changes it, so that git has reason to make a delta of it.
void add_deltas(const git_repository& into, unsigned commits) {
  import(into, "awk -v n=" + std::to_string(commits) + R"( 'BEGIN {
    for (k = 0; k < 40; k++) text = text sprintf("a line of number %d that stays as it is\n", k);
    for (i = 1; i <= n; i++) {
      printf "commit refs/heads/deltas\ncommitter A <a@example.org> %d +0000\ndata 1\nc\n", 1700000000 + i;
      body = sprintf("changed by commit %d\n%s", i, text);
      printf "M 100644 inline f%d.txt\ndata %d\n%s\n", i % 50, length(body), body;
      if (i % 131 == 0 || i % 131 == 7 && i > 131) {
        body = sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%064x\nsize %s%d\n",
                       int(i / 131) * 7919, i % 131 == 0 ? "" : "+", int(i / 131));
        printf "M 100644 inline p%d.bin\ndata %d\n%s\n", int(i / 131) % 200, length(body), body;
      }
    }
  }')");
}

std::set<std::string> oids_by_git_lfs(const git_repository& repository) {
  const child_result done = run_child({.arguments = {"git", "lfs", "ls-files", "--all", "--long"},
                                       .environment = quiet_git_environment(),
                                       .folder = repository.path(),
                                       .limit = std::chrono::seconds(600)});
  if (done.exit_code != 0) throw std::runtime_error("git lfs ls-files: " + done.err);
  std::istringstream lines(done.out);
  std::set<std::string> oids;
  for (std::string oid, mark, name; lines >> oid >> mark >> name;) oids.insert(oid);
  return oids;
}

/// The objects that a run found when neither side has any.
std::set<std::string> missing_oids(const copy_run& run) {
  std::set<std::string> oids;
  for (const json::value& row : run.document.at("lfs").at("missing").as_array()) {
    oids.insert(json::value_to<std::string>(row.at("oid")));
  }
  return oids;
}

/// What a push that did not succeed left on the target; a server's git needs a moment to clear away.
std::string leftovers(const git_repository& target, const std::map<std::string, std::string>& refs_before) {
  if (target.refs() != refs_before) return "refs moved";
  std::string found;
  for (int tries = 0; tries < 100; ++tries) {
    found.clear();
    for (const auto& entry : fs::recursive_directory_iterator(target.path() / "objects")) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("tmp_") || name.starts_with("incoming")) found = entry.path().string();
    }
    if (found.empty()) return found;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return found;
}

void check_bounded(const copy_run& run) {
  BOOST_TEST((run.process.peak_rss < rss_limit), "the peak was " + to_text(run.process.peak_rss));
  BOOST_TEST(run.number("peak_buffer_bytes") <= static_cast<std::int64_t>((16_MiB).value()));
  BOOST_TEST_MESSAGE("pack of " << run.number("pack.bytes") << " bytes, " << run.number("pack.objects")
                                << " objects in " << run.process.wall.count() << " ms, peak RSS "
                                << to_text(run.process.peak_rss));
}

void check_300_mib(story_setup setup, std::int64_t fetches) {
  copy_story story(std::move(setup));
  story.commit_objects("main", "weights", 3, 100'000);
  add_weight(story.original(), weights);
  child_command command = story.command(small_memory);
  command.limit = std::chrono::seconds(300);

  const copy_run run = story.run(std::move(command));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(run.number("pack.fetches") == fetches);
  BOOST_TEST(run.number("pack.bytes") > std::int64_t{4'000'000} * weights);
  BOOST_TEST(run.number("lfs.sent") == 3);
  BOOST_TEST(blobs_came_first(run.target_log));
  check_bounded(run);
}

void check_deltas(story_setup setup, unsigned commits) {
  copy_story story(std::move(setup));
  add_deltas(story.original(), commits);
  child_command command = story.command(small_memory);
  command.limit = std::chrono::seconds(900);

  const copy_run run = story.run(std::move(command));

  BOOST_TEST(run.exit_code() == 0, run.said().substr(0, 2000));
  BOOST_TEST((story.copied().refs() == story.original().refs()));
  BOOST_TEST(run.number("pack.objects") >= 3 * std::int64_t{commits});
  BOOST_TEST(missing_oids(run) == oids_by_git_lfs(story.original()), boost::test_tools::per_element());
  check_bounded(run);
}

/// Minutes long: HFPIPE_LONG_TESTS=1 runs them.
boost::test_tools::assertion_result long_tests_are_wanted(boost::unit_test::test_unit_id) {
  return std::getenv("HFPIPE_LONG_TESTS") != nullptr;
}

// A pack of 12 MiB where 4 MiB would be kept, on top of what the target has; the source offers no filter, so that the
// second fetch is the one that is pushed.
class piped_story : public copy_story {
 public:
  piped_story() : copy_story(without_filter()) {
    original().commit("main", {{"README.md", "# a model\n"}});
    const copy_run before = run();
    BOOST_TEST_REQUIRE(before.exit_code() == 0, before.said());
    commit_objects("main", "weights", 1, 500'000);
    add_weight(original(), 3);
    refs_before = copied().refs();
    pack_bytes = run(with(small_memory, {"--dry-run"})).number("pack.bytes");
    BOOST_TEST_REQUIRE(pack_bytes > 12'000'000);
  }

  std::map<std::string, std::string> refs_before;
  std::int64_t pack_bytes = 0;
};

void check_broken_pipe(piped_story& story, json::object fault, int exit_code, const std::string& words,
                       const std::vector<std::string>& flags = {}) {
  BOOST_TEST_CONTEXT(json::serialize(fault)) {
    fault["times"] = -1;
    fault["skip"] = 1;
    story.source().fault(fault);

    const copy_run run = story.run(with(with(small_memory, {"--retries", "0"}), flags));

    story.source().clear_faults();
    BOOST_TEST(run.exit_code() == exit_code, run.said());
    BOOST_TEST(run.error().find(words) != std::string::npos, run.said());
    BOOST_TEST(run.error("side") == "source", run.said());
    BOOST_TEST(leftovers(story.copied(), story.refs_before) == "");
  }
}

void check_heals(const piped_story& story) {
  const copy_run run = story.run(small_memory);
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

// A pointer that is a delta of 32 KiB, which is a delta of 1 MiB: git makes no such chain, but passes one on.
lfs_object add_hostile_chain(const git_repository& into) {
  const lfs_object object = into.put_object("the object at the chain's end");
  const std::string pointer = pointer_of(object);
  const std::string middle = pointer + noise(32 << 10, 1);
  const std::string base = middle + noise(1 << 20, 2);
  pack_builder pack;
  const std::uint64_t base_at = pack.add_blob(base);
  const std::uint64_t middle_at = pack.add_offset_delta(base_at, make_delta(base, middle));
  pack.add_offset_delta(middle_at, make_delta(middle, pointer));
  into.git({"index-pack", "--stdin"}, pack.finish());
  std::string tree;
  for (const auto& [name, content] :
       std::map<std::string, std::string>{{"a.bin", base}, {"b.bin", middle}, {"c.bin", pointer}}) {
    tree += "100644 blob " + object_id(object_format::sha1, git::object_type::blob, content).hex() + "\t" + name + "\n";
  }
  const std::string commit = into.git({"commit-tree", "-m", "a chain", into.git({"mktree"}, tree)});
  into.git({"update-ref", "refs/heads/main", commit});
  return object;
}

}  // namespace large_pack_story_test

BOOST_AUTO_TEST_SUITE(large_pack_story_test)

BOOST_AUTO_TEST_CASE(a_pack_of_300_mib_passes_through_16_mib) {
  check_300_mib({}, 3);
}

BOOST_AUTO_TEST_CASE(also_from_a_source_without_filter) {
  check_300_mib(without_filter(), 2);
}

BOOST_AUTO_TEST_CASE(case_34_in_a_pack_of_small_deltas_the_same_pointers_are_found_as_by_git_lfs) {
  check_deltas({}, 12'000 / shrink);
}

BOOST_AUTO_TEST_CASE(case_34_also_from_a_source_without_filter) {
  check_deltas(without_filter(), 12'000 / shrink);
}

BOOST_AUTO_TEST_CASE(case_34_with_800_000_objects, *boost::unit_test::precondition(long_tests_are_wanted)) {
  check_deltas({}, 267'000);
}

BOOST_AUTO_TEST_CASE(case_34_with_800_000_objects_from_a_source_without_filter,
                     *boost::unit_test::precondition(long_tests_are_wanted)) {
  check_deltas(without_filter(), 267'000);
}

BOOST_AUTO_TEST_CASE(case_35_a_hostile_delta_chain_is_read_through_the_filter) {
  copy_story story;
  const lfs_object object = add_hostile_chain(story.original());

  const copy_run run = story.run(small_memory);

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("lfs.sent") == 1);
  BOOST_TEST(story.copied().has_object(object.oid));
  BOOST_TEST(story.difference() == "");
  check_bounded(run);
}

BOOST_AUTO_TEST_CASE(case_35_without_a_filter_it_is_read_twice) {
  copy_story story(without_filter());
  add_hostile_chain(story.original());

  const copy_run run = story.run({"--max-buffer-memory", "32MiB"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("lfs.sent") == 1);
  BOOST_TEST(run.number("pack.fetches") == 2);
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(case_35_with_too_little_memory_it_stops_the_run_unless_that_is_allowed) {
  copy_story story(without_filter());
  add_hostile_chain(story.original());

  const copy_run refused = story.run(small_memory);
  BOOST_TEST(refused.exit_code() == 1, refused.said());
  BOOST_TEST(refused.error("hint").find("--allow-unscanned") != std::string::npos, refused.said());
  BOOST_TEST(story.copied().refs().empty());

  const copy_run allowed = story.run(with(small_memory, {"--allow-unscanned"}));
  BOOST_TEST(allowed.exit_code() == 0, allowed.said());
  BOOST_TEST(allowed.process.err.find("1 object") != std::string::npos, allowed.said());
  BOOST_TEST((story.copied().refs() == story.original().refs()));
  check_bounded(allowed);
}

BOOST_AUTO_TEST_CASE(case_21_a_blob_that_vanishes_before_the_second_fetch_moves_nothing) {
  piped_story story;
  story.original().commit("main", {{"late.dat", noise(50'000, 9)}});  // a loose object: small imports are unpacked
  const std::string blob = story.original().git({"rev-parse", "main:late.dat"});
  const fs::path file = story.original().path() / "objects" / blob.substr(0, 2) / blob.substr(2);
  BOOST_TEST_REQUIRE(fs::exists(file));
  story.target().fault({{"fault", "slow"}, {"rate", 200'000}, {"times", -1}, {"match", {{"method", "PUT"}}}});
  const auto marks = story.mark();
  const std::size_t asked_before = story.target().log_of("batch").size();
  child_process running(story.command(with(small_memory, {"--retries", "0"})));
  while (!running.has_ended() && story.target().log_of("batch").size() == asked_before) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }

  fs::remove(file);
  const copy_run run = story.finish(running.wait(), marks);

  BOOST_TEST(run.exit_code() != 0, run.said());
  BOOST_TEST(run.error("side") == "source", run.said());
  BOOST_TEST(run.number("pack.fetches") == 2, run.said());
  BOOST_TEST(leftovers(story.copied(), story.refs_before) == "");
}

BOOST_AUTO_TEST_CASE(case_22_source_tcp_cut) {
  piped_story story;
  for (const std::int64_t at : {std::int64_t{0}, story.pack_bytes / 10, story.pack_bytes / 2,
                                story.pack_bytes * 99 / 100, story.pack_bytes - 21, story.pack_bytes - 7}) {
    check_broken_pipe(story, {{"fault", "pack_cut"}, {"at", at}}, 5, "the connection broke off");
  }
  check_heals(story);
}

BOOST_AUTO_TEST_CASE(case_22_source_ends_the_pack_early) {
  piped_story story;
  for (const std::int64_t at : {story.pack_bytes / 2, story.pack_bytes - 7}) {
    check_broken_pipe(story, {{"fault", "pack_early_end"}, {"at", at}}, 5, "the pack ended early");
  }
  check_heals(story);
}

BOOST_AUTO_TEST_CASE(case_23_corrupt_pack) {
  piped_story story;
  for (const std::int64_t at : {std::int64_t{0}, story.pack_bytes / 2, story.pack_bytes - 7}) {
    check_broken_pipe(story, {{"fault", "pack_corrupt_byte"}, {"at", at}}, 11, "the pack is corrupt");
  }
  check_heals(story);
}

BOOST_AUTO_TEST_CASE(case_28_a_source_that_falls_silent_in_mid_pack_is_given_up) {
  piped_story story;
  check_broken_pipe(story, {{"fault", "stall"}, {"at", story.pack_bytes / 2}, {"match", {{"path", "git-upload-pack"}}}},
                    5, "nothing arrived in time", {"--timeout", "12s"});
  check_heals(story);
}

BOOST_AUTO_TEST_CASE(a_pipe_that_breaks_once_is_laid_again) {
  piped_story story;
  story.source().fault({{"fault", "pack_cut"}, {"at", story.pack_bytes / 2}, {"skip", 1}});

  const copy_run run = story.run(small_memory);

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("pack.fetches") == 3);
  BOOST_TEST(run.number("retries") == 1);
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_SUITE_END()

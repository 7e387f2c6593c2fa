#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/nginx_story.hpp"
#include "tests/support/sanitized.hpp"

// What a copy is and what a repetition costs, between two real servers: nginx with git http-backend on both sides.
// Numbered as in tests/cases.md.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace nginx_copy_test {

git_oid head_of(const git_repository& repository, const std::string& what) {
  return git_oid::from_hex(repository.git({"rev-parse", what})).value();
}

// A story whose target is a true copy already.
struct copied_story : nginx_story {
  explicit copied_story(nginx_story_setup setup = {}) : nginx_story(std::move(setup)) {
    publish();
    const hfpipe_run first = run();
    BOOST_TEST_REQUIRE(first.exit_code() == 0, first.said());
    BOOST_TEST_REQUIRE(difference() == "");
  }
};

void check_copied(const nginx_story& story, const hfpipe_run& run) {
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

}  // namespace nginx_copy_test

BOOST_AUTO_TEST_SUITE(nginx_copy_test, *boost::unit_test::precondition(nginx_is_installed))

BOOST_AUTO_TEST_CASE(case_01_full_clone_empty_target) {
  for (const bool buffered : {true, false}) {
    BOOST_TEST_CONTEXT("the target reads a push " << (buffered ? "when it is whole" : "as it comes")) {
      nginx_story story({.target = {.buffer_requests = buffered}});
      story.publish();

      const hfpipe_run run = story.run();

      check_copied(story, run);
      BOOST_TEST(run.refs("status").size() == 7u);
      BOOST_TEST(count_requests(story.target().log(), "POST", "/git-receive-pack") == 2u);  // the probe and the push
    }
  }
}

BOOST_AUTO_TEST_CASE(case_02_noop) {
  copied_story story;
  const std::size_t fetches = count_requests(story.source().log(), "POST", "/git-upload-pack");
  const std::size_t pushes = count_requests(story.target().log(), "POST", "/git-receive-pack");

  const hfpipe_run run = story.run();

  check_copied(story, run);
  for (const auto& [ref, action] : run.refs("action")) BOOST_TEST(action == "up-to-date", ref + " is " + action);
  BOOST_TEST(run.number("pack.fetches") == 0);
  BOOST_TEST(count_requests(story.source().log(), "POST", "/git-upload-pack") == fetches + 1);  // ls-refs
  BOOST_TEST(count_requests(story.target().log(), "POST", "/git-receive-pack") == pushes);
}

BOOST_AUTO_TEST_CASE(case_03_ff_incremental) {
  copied_story story;
  const std::string before = story.original().git({"rev-parse", "main"});
  story.original().add_history("main", 20);

  const hfpipe_run run = story.run();

  check_copied(story, run);
  const std::string news = story.original().git({"rev-list", "--objects", "--count", before + "..main"});
  BOOST_TEST(run.number("pack.objects") == std::stoll(news));
}

BOOST_AUTO_TEST_CASE(case_04_new_ref_existing_object) {
  copied_story story;
  story.original().set_ref("refs/heads/same", head_of(story.original(), "main"));

  const hfpipe_run run = story.run();

  check_copied(story, run);
  BOOST_TEST(run.number("pack.fetches") == 0);
  BOOST_TEST(run.refs("status").at("refs/heads/same") == "ok");
}

BOOST_AUTO_TEST_CASE(case_05_delete_only) {
  copied_story story;
  story.original().delete_ref("refs/heads/other");

  const hfpipe_run run = story.run({"--mirror"});

  check_copied(story, run);
  BOOST_TEST(run.refs("action").at("refs/heads/other") == "delete");
  BOOST_TEST(run.number("pack.fetches") == 0);
  const auto log = story.target().log();
  const auto push =
      std::find_if(log.rbegin(), log.rend(), [](const nginx_request& row) { return row.method == "POST"; });
  BOOST_TEST(push->size < 1'000u);  // one command and no pack
}

BOOST_AUTO_TEST_CASE(case_06_no_mirror_keeps) {
  copied_story story;
  const std::string kept = story.copied().refs().at("refs/heads/other");
  story.original().delete_ref("refs/heads/other");

  const hfpipe_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.copied().refs().at("refs/heads/other") == kept);
}

BOOST_AUTO_TEST_CASE(case_09_diverged_no_filter_on_target) {
  copied_story story;
  story.copied().git({"config", "uploadpack.allowFilter", "false"});
  story.copied().add_history("main", 3);
  story.original().add_history("main", 5);
  story.original().commit("main", {{"README.md", "# another way\n"}});

  const hfpipe_run run = story.run();

  check_copied(story, run);
  BOOST_TEST(run.refs("action").at("refs/heads/main") == "update");
}

BOOST_AUTO_TEST_CASE(case_10_ff_only_refuses) {
  copied_story story;
  const std::string theirs = story.copied().commit("main", {{"theirs.txt", "theirs\n"}}).hex();
  story.original().commit("main", {{"ours.txt", "ours\n"}});
  story.original().commit("other", {{"notes.txt", "more\n"}});

  const hfpipe_run run = story.run({"--no-force"});

  BOOST_TEST(run.exit_code() != 0, run.said());
  BOOST_TEST(story.copied().refs().at("refs/heads/main") == theirs);
  BOOST_TEST(story.copied().refs().at("refs/heads/other") == story.original().refs().at("refs/heads/other"));
  BOOST_TEST(!run.refs("reason").at("refs/heads/main").empty(), run.said());
}

BOOST_AUTO_TEST_CASE(case_31_ng_reasons_table) {
  copied_story story;
  story.copied().git({"config", "receive.hideRefs", "refs/hidden"});
  story.copied().git({"config", "receive.denyNonFastForwards", "true"});
  story.copied().add_history("main", 3);
  story.original().commit("main", {{"ours.txt", "ours\n"}});
  story.original().commit("other", {{"notes.txt", "more\n"}});
  story.original().set_ref("refs/hidden/one", head_of(story.original(), "other"));
  const std::string theirs = story.copied().refs().at("refs/heads/main");

  const hfpipe_run run = story.run({"--refs", "+refs/heads/*:refs/heads/*", "--refs", "+refs/hidden/*:refs/hidden/*"});

  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(run.refs("reason").at("refs/heads/main").find("non-fast-forward") != std::string::npos, run.said());
  BOOST_TEST(run.refs("reason").at("refs/hidden/one").find("hidden") != std::string::npos, run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/other") == "ok");
  BOOST_TEST(story.copied().refs().at("refs/heads/main") == theirs);
  BOOST_TEST(!story.copied().refs().contains("refs/hidden/one"));
  BOOST_TEST(story.copied().refs().at("refs/heads/other") == story.original().refs().at("refs/heads/other"));
}

BOOST_AUTO_TEST_CASE(case_32_atomic_flag) {
  copied_story story;
  const auto before = story.copied().refs();
  story.copied().write_hook("update", "[ \"$1\" != refs/heads/other ]\n");
  story.original().commit("main", {{"ours.txt", "ours\n"}});
  story.original().commit("other", {{"notes.txt", "more\n"}});

  const hfpipe_run run = story.run({"--atomic"});

  BOOST_TEST(run.exit_code() != 0, run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "rejected", run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/other") == "rejected", run.said());
  BOOST_TEST((story.copied().refs() == before));
}

BOOST_AUTO_TEST_CASE(case_16_receive_pack_first_line_have) {
  nginx_story story;
  story.publish();
  // The target borrows from a repository that has main: its objects are no refs of the target.
  git_repository lender = story.target().make_repository("lender");
  lender.git({"fetch", "-q", story.original().path().string(), "refs/heads/main:refs/heads/main"});
  std::ofstream(story.copied().path() / "objects/info/alternates") << (lender.path() / "objects").string() << "\n";

  const hfpipe_run run = story.run();

  check_copied(story, run);
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "ok");
}

BOOST_AUTO_TEST_CASE(case_17_empty_source) {
  for (const char* protocol : {"version=2", "version=1", ""}) {
    BOOST_TEST_CONTEXT("Git-Protocol '" << protocol << "'") {
      nginx_story story({.source = {.git_protocol = protocol}});

      const hfpipe_run run = story.run();

      BOOST_TEST(run.exit_code() == 0, run.said());
      BOOST_TEST(run.process.err.find("empty") != std::string::npos, run.said());
      BOOST_TEST(count_requests(story.target().log(), "POST", "/git-receive-pack") == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(case_33_pointer_plain_5000) {
  nginx_story story;
  git_repository::file_map files;
  std::uint64_t bytes = 0;
  for (unsigned n = 0; n < 5'000; ++n) {
    const std::string number = std::to_string(n);
    const lfs_object object{lfs_oid::from_hex(std::string(64 - number.size(), 'a') + number).value(),
                            byte_count(n + 1)};
    files["object-" + number] = pointer_of(object);
    bytes += object.size.value();
  }
  story.original().commit("main", files);

  const hfpipe_run run = story.run({"--lfs", "none", "--max-buffer-memory", "16MiB"});

  check_copied(story, run);
  BOOST_TEST(run.number("lfs.objects") == 5'000);
  BOOST_TEST(run.number("lfs.bytes") == static_cast<std::int64_t>(bytes));
  BOOST_TEST((run.process.peak_rss < resident_limit(64_MiB)), to_text(run.process.peak_rss));
}

BOOST_AUTO_TEST_CASE(case_41_sha256_repository_pair) {
  for (const char* protocol : {"version=2", ""}) {
    BOOST_TEST_CONTEXT("Git-Protocol '" << protocol << "'") {
      copied_story story({.source = {.git_protocol = protocol}, .format = object_format::sha256});
      BOOST_TEST(story.copied().refs().at("refs/heads/main").size() == 64u);
      story.original().add_history("main", 3);
      story.original().set_ref("refs/heads/same", head_of(story.original(), "other"));

      const hfpipe_run run = story.run();

      check_copied(story, run);
      BOOST_TEST(run.number("pack.objects") == 9);
    }
  }
}

BOOST_AUTO_TEST_CASE(sha256_does_not_go_into_sha1) {
  nginx_story story({.format = object_format::sha256});
  story.publish();
  const git_repository other = story.target().make_repository("sha1");

  const hfpipe_run run = story.run(story.command({}, "/git/model.git", "/git/sha1.git"));

  BOOST_TEST(run.exit_code() != 0);
  BOOST_TEST(run.error().find("object format") != std::string::npos, run.said());
  BOOST_TEST(other.refs().empty());
}

BOOST_AUTO_TEST_SUITE_END()

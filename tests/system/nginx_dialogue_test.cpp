#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/nginx_story.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temporary_folder.hpp"

// The forms that Git's smart HTTP takes behind a front end, and what is no smart HTTP.
// Numbered as in tests/cases.md.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace nginx_dialogue_test {

// A first copy and an incremental one, whatever the source is told of the protocol.
void check_copies(const std::string& git_protocol) {
  nginx_story story({.source = {.git_protocol = git_protocol}});
  story.publish();
  const hfpipe_run first = story.run();
  BOOST_TEST(first.exit_code() == 0, first.said());
  BOOST_TEST(story.difference() == "");

  const std::string before = story.original().git({"rev-parse", "main"});
  story.original().add_history("main", 5);
  const hfpipe_run second = story.run();

  BOOST_TEST(second.exit_code() == 0, second.said());
  const std::string news = story.original().git({"rev-list", "--objects", "--count", before + "..main"});
  BOOST_TEST(second.number("pack.objects") == std::stoll(news));
  BOOST_TEST(story.difference() == "");
}

void check_refused(const nginx_story& story, const hfpipe_run& run, int exit_code, const std::string& words) {
  BOOST_TEST(run.exit_code() == exit_code, run.said());
  BOOST_TEST(run.error().find(words) != std::string::npos, run.said());
  BOOST_TEST(count_requests(story.target().log(), "POST", "/git-receive-pack") <= 1u);  // the probe at most
  BOOST_TEST(story.copied().refs().empty());
}

// As many refs more to `id` as asked for, as `git pack-refs` would leave them.
void add_packed_refs(git_repository& repository, const std::string& prefix, const std::string& id, unsigned count) {
  repository.git({"pack-refs", "--all"});
  std::ofstream file(repository.path() / "packed-refs", std::ios::app);
  for (unsigned n = 0; n < count; ++n) file << id << ' ' << prefix << 1'000'000 + n << '\n';
}

}  // namespace nginx_dialogue_test

BOOST_AUTO_TEST_SUITE(nginx_dialogue_test, *boost::unit_test::precondition(nginx_is_installed))

BOOST_AUTO_TEST_CASE(case_13_v0_source) {
  check_copies("");
}

BOOST_AUTO_TEST_CASE(case_14_v1_banner) {
  check_copies("version=1");
}

BOOST_AUTO_TEST_CASE(case_15_v2_without_banner) {
  check_copies("version=2");
}

BOOST_AUTO_TEST_CASE(the_protocol_is_asked_for_on_the_source_in_every_request_and_never_in_a_push) {
  nginx_story story;
  story.publish();

  const hfpipe_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  for (const nginx_request& row : story.source().log()) BOOST_TEST(row.git_protocol == "version=2", row.target);
  for (const nginx_request& row : story.target().log()) {
    const bool pushes = row.target.ends_with("git-receive-pack");
    BOOST_TEST((row.git_protocol.empty() || !pushes), row.target);
  }
}

BOOST_AUTO_TEST_CASE(case_18_dumb_server) {
  nginx_story story;
  story.publish();
  story.original().git({"update-server-info"});

  const hfpipe_run run = story.run(story.command({}, "/dumb/model.git"));

  check_refused(story, run, 3, "no Git smart HTTP");
}

BOOST_AUTO_TEST_CASE(a_web_page_is_no_git_host) {
  nginx_story story;

  const hfpipe_run run = story.run(story.command({}, "/page/model.git"));

  check_refused(story, run, 3, "a web page");
}

BOOST_AUTO_TEST_CASE(case_19_empty_200) {
  // ls-refs of v2, and with v0 the fetch itself, are answered by a git that dies.
  for (const char* protocol : {"version=2", ""}) {
    BOOST_TEST_CONTEXT("Git-Protocol '" << protocol << "'") {
      nginx_story story({.source = {.git_protocol = protocol}});
      story.publish();

      const hfpipe_run run = story.run(story.command({"--retries", "2"}, "/silent/model.git"));

      check_refused(story, run, 5, "answered with nothing");
      BOOST_TEST(run.number("retries") == 2);
      BOOST_TEST(count_requests(story.source().log(), "POST", "/git-upload-pack") == 3u);
    }
  }
}

BOOST_AUTO_TEST_CASE(case_26_redirect_initial) {
  nginx_story story({.source = {.token = "canary-of-the-source"}, .target = {.token = "canary-of-the-target"}});
  story.publish();

  const hfpipe_run run = story.run(story.command({}, "/moved/model.git", "/moved/copy.git"));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  for (const nginx_process* host : {&story.source(), &story.target()}) {
    for (const nginx_request& row : host->log()) {
      BOOST_TEST((row.method == "GET" || !row.target.starts_with("/moved/")), row.target);  // no POST is redirected
    }
  }
}

BOOST_AUTO_TEST_CASE(case_26_redirect_to_another_host_drops_the_credential) {
  const nginx_process other;
  nginx_story story({.source = {.token = "canary-of-the-source", .moved_to = other.url() + "/git"}});
  git_repository there = other.make_repository("model");
  const git_oid head = there.commit("main", {{"README.md", "# moved\n"}});

  const hfpipe_run run = story.run(story.command({}, "/moved/model.git"));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.copied().refs().at("refs/heads/main") == head.hex());
  BOOST_TEST_REQUIRE(!other.log().empty());
  for (const nginx_request& row : other.log()) BOOST_TEST(!row.authorized, row.target);
}

BOOST_AUTO_TEST_CASE(case_27_gzip_many_haves) {
  nginx_story story;
  story.publish();
  BOOST_TEST_REQUIRE(story.run().exit_code() == 0);
  // As many commits that only the target has.
  std::string stream;
  for (unsigned n = 0; n < 20'000; ++n) {
    const std::string number = std::to_string(n);
    stream += "reset refs/own/" + number + "\ncommit refs/own/" + number +
              "\ncommitter A Tester <tester@example.org> 1700000000 +0000\ndata " + std::to_string(number.size()) +
              "\n" + number + "\n";
  }
  story.copied().git({"fast-import", "--quiet", "--force"}, std::move(stream));
  story.copied().git({"pack-refs", "--all"});
  story.original().add_history("main", 5);

  const hfpipe_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.copied().refs().at("refs/heads/main") == story.original().refs().at("refs/heads/main"));
  const auto log = story.source().log();
  const auto fetch = std::ranges::max_element(log, {}, &nginx_request::size);
  BOOST_TEST(fetch->content_encoding == "gzip");
  BOOST_TEST(fetch->size > 100'000u);  // haves were sent at all
  BOOST_TEST(fetch->size < 10'000'000u);
}

BOOST_AUTO_TEST_CASE(two_hundred_thousand_refs_are_listed_and_copied) {
  const folders_in_memory quick(2'000'000'000);
  nginx_story story({.target = {.buffer_requests = false, .backend_timeout = std::chrono::seconds(600)}});
  story.publish();
  add_packed_refs(story.original(), "refs/tags/x/", story.original().refs().at("refs/heads/main"), 200'000);

  const hfpipe_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.process.err);
  BOOST_TEST((story.copied().refs() == story.original().refs()));
  // The fixed part, and 200 bytes for each ref and end; what the engine promises.
  BOOST_TEST((run.process.peak_rss < resident_limit(400_MiB)), to_text(run.process.peak_rss));
  BOOST_TEST_MESSAGE("200 000 refs: " << run.process.wall.count() << " ms, " << to_text(run.process.peak_rss));
}

BOOST_AUTO_TEST_CASE(case_37_ref_delta_pack) {
  nginx_story story;
  // Files that git stores as deltas of one another.
  std::string text = noise(20'000, 7);
  for (int n = 0; n < 40; ++n) {
    text[static_cast<std::size_t>(n) * 100] = 'x';
    story.original().commit("main", {{"changing.bin", text}});
  }
  story.original().git({"repack", "-adfq", "--depth=50", "--window=50"});
  story.copied().git({"config", "repack.useDeltaBaseOffset", "false"});  // it then takes none, and says so

  const hfpipe_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(case_42_shallow_source_refused) {
  for (const char* protocol : {"version=2", ""}) {
    BOOST_TEST_CONTEXT("Git-Protocol '" << protocol << "'") {
      nginx_story story({.source = {.git_protocol = protocol}});
      story.publish();
      git_repository shallow = story.source().make_repository("shallow");
      shallow.git({"fetch", "-q", "--depth=1", "file://" + story.original().path().string(),
                   "refs/heads/main:refs/heads/main"});

      const hfpipe_run run = story.run(story.command({}, "/git/shallow.git"));

      check_refused(story, run, 1, "shallow");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

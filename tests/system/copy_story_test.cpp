#include <boost/test/unit_test.hpp>

#include "tests/support/copy_story.hpp"

// From a hub with a CDN to a plain host, both over TLS from a private CA: what a copy is, and what a repetition costs.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace copy_story_test {

// Branches, a merge, tags of every kind, a ref outside of branches and tags, and LFS objects on several branches.
void publish_model(copy_story& story) {
  git_repository& there = story.original();
  const git_oid first = there.commit("main", {{"README.md", "# a model\n"}, {"config.json", "{\"layers\": 24}\n"}});
  story.commit_objects("main", "adapter", 200, 9'000);
  story.commit_objects("main", "weights", 6, 3'000'000);
  there.git({"branch", "experiment", first.hex()});
  story.commit_objects("experiment", "trial", 2, 2'500'000);
  there.git({"branch", "deep/er/branch", "experiment"});
  there.add_history("deep/er/branch", 30);
  there.light_tag("v0", first);
  there.annotated_tag("v1", git_oid::from_hex(there.git({"rev-parse", "main"})).value());
  there.annotated_tag("v1-again", git_oid::from_hex(there.git({"rev-parse", "v1"})).value(), "a tag of a tag");
  there.light_tag("a-blob", there.blob("not a commit"));
}

}  // namespace copy_story_test

BOOST_AUTO_TEST_SUITE(copy_story_test)

BOOST_AUTO_TEST_CASE(a_whole_model_arrives_blobs_first_and_a_repetition_moves_only_what_is_new) {
  copy_story story;
  publish_model(story);
  story.commit_generated("main", 64_MiB, 1);
  story.commit_generated("main", 64_MiB, 2);

  // Everything.
  const copy_run first = story.run();
  BOOST_TEST_REQUIRE(first.exit_code() == 0, first.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(story.clone_difference() == "");
  BOOST_TEST(blobs_came_first(first.target_log));
  BOOST_TEST(ref_pushes(first.target_log) == 1u);
  BOOST_TEST(stored_uploads(first.target_log) == 210u);
  BOOST_TEST(first.number("lfs.objects") == 210);
  BOOST_TEST(first.number("lfs.sent") == 210);
  BOOST_TEST(first.refs("status").size() == story.original().refs().size());
  for (const auto& [ref, status] : first.refs("status")) BOOST_TEST(status == "ok", ref + " is " + status);

  // Nothing.
  const copy_run second = story.run();
  BOOST_TEST(second.exit_code() == 0, second.said());
  BOOST_TEST(git_requests(second.source_log, "git-upload-pack", "fetch") == 0u);
  BOOST_TEST(events_of(second.source_log, "download").size() == 0u);
  BOOST_TEST(git_requests(second.target_log, "git-receive-pack") == 0u);
  BOOST_TEST(events_of(second.target_log, "upload").size() == 0u);
  for (const auto& [ref, action] : second.refs("action")) BOOST_TEST(action == "up-to-date", ref + " is " + action);

  // One commit with one object: three Git objects.
  const lfs_object added = story.commit_objects("main", "later", 1, 50'000).front();
  const copy_run third = story.run();
  BOOST_TEST(third.exit_code() == 0, third.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(third.number("pack.objects") == 3);
  BOOST_TEST(blobs_came_first(third.target_log));
  const log_lines uploads = events_of(third.target_log, "upload");
  BOOST_TEST_REQUIRE(uploads.size() == 1u);
  BOOST_TEST(uploads[0].at("oid").as_string() == added.oid.hex());
  const log_lines pushes = events_of(third.target_log, "push_begin");
  BOOST_TEST_REQUIRE(pushes.size() == 1u);
  BOOST_TEST(pushes[0].at("refs").as_array().size() == 1u);
}

BOOST_AUTO_TEST_CASE(objects_come_from_the_cdn_by_range_and_without_a_credential) {
  copy_story story;
  story.commit_objects("main", "weights", 3, 100'000);

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  const log_lines downloads = events_of(run.source_log, "download");
  BOOST_TEST(downloads.size() == 3u);
  for (const json::object& download : downloads) {
    BOOST_TEST(download.at("via").as_string() == "cdn");
    BOOST_TEST(download.at("status").as_int64() == 206);  // one with Authorization is refused
  }
}

BOOST_AUTO_TEST_CASE(blobs_come_first_whatever_uploads_fail_on_the_way) {
  copy_story story;
  story.commit_objects("main", "adapter", 30, 20'000);
  for (unsigned seed = 0; seed < 6; ++seed) {
    const unsigned skip = seed * seed % 11 + seed;  // spread, and the same in every run
    story.target().fault({{"fault", "upload_cut"}, {"at", 5'000 + seed}, {"skip", skip}});
    story.target().fault({{"fault", "upload_status"}, {"status", 503}, {"skip", 2 * skip}});
  }

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.target().hits("upload_cut") + story.target().hits("upload_status") >= 8u);
  BOOST_TEST(run.number("retries") >= 8);
  BOOST_TEST(stored_uploads(run.target_log) == 30u);
  BOOST_TEST(blobs_came_first(run.target_log));
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(what_only_the_target_has_is_left_alone) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  const git_oid own = story.copied().commit("own-work", {{"notes.txt", "ours\n"}});

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.copied().refs().at("refs/heads/own-work") == own.hex());
  BOOST_TEST(story.copied().refs().at("refs/heads/main") == story.original().refs().at("refs/heads/main"));
}

BOOST_AUTO_TEST_CASE(a_branch_that_was_rewritten_is_overwritten) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.copied().commit("main", {{"README.md", "# another history\n"}});

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(an_empty_source_is_said_and_is_no_error) {
  copy_story story;

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.process.err.find("empty") != std::string::npos, run.said());
  BOOST_TEST(git_requests(run.target_log, "git-receive-pack") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

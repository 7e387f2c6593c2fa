#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/copy_story.hpp"

// Each platform's way with LFS objects, proven by what the host itself recorded.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace platform_story_test {

constexpr byte_count above = 20_MiB;  // what hfpipe offers parts for, and more than two of the host's
constexpr std::size_t below = 40'000;

story_setup to(const std::string& platform) {
  return {.target = {.personality = platform, .token = "canary-of-the-target", .flags = {"--part-size", "8MiB"}}};
}

struct story_of : copy_story {
  explicit story_of(const std::string& platform) : copy_story(to(platform)) {
    commit_objects("main", "small", 2, below);
  }
  lfs_object large = commit_generated("main", above, 1);
};

void check_copied(copy_story& story, const copy_run& run) {
  BOOST_TEST_REQUIRE(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(blobs_came_first(run.target_log));
  BOOST_TEST(stored_uploads(run.target_log) == 3u);
}

std::vector<std::string> numbers_of(const log_lines& parts) {
  std::vector<std::string> numbers;
  for (const json::object& part : parts) numbers.push_back(text_in(part, "number"));
  return numbers;
}

std::vector<std::string> calls_of(const copy_run& run) {
  std::vector<std::string> calls;
  for (const json::object& call : events_of(run.target_log, "parts_call")) {
    calls.push_back(text_in(call, "call") + " " + std::to_string(call.at("status").as_int64()));
  }
  return calls;
}

using texts = std::vector<std::string>;

// The parts of the large object, none of them with a credential of ours.
void check_parts(const copy_run& run, const texts& numbers) {
  const log_lines parts = events_of(run.target_log, "part");
  BOOST_TEST((numbers_of(parts) == numbers), run.said());
  for (const json::object& part : parts) BOOST_TEST(!part.at("authorization").as_bool());
}

}  // namespace platform_story_test

BOOST_AUTO_TEST_SUITE(platform_story_test)

BOOST_AUTO_TEST_CASE(every_platform_gets_a_true_copy_and_nothing_twice) {
  for (const std::string platform : {"plain", "huggingface", "gitlab", "gitea", "modelscope", "openxlab", "giftless"}) {
    BOOST_TEST_CONTEXT(platform) {
      story_of story(platform);

      check_copied(story, story.run());
      const copy_run again = story.run({"--lfs", "all"});

      BOOST_TEST(again.exit_code() == 0, again.said());
      BOOST_TEST(stored_uploads(again.target_log) == 0u);
      BOOST_TEST(again.number("lfs.present") == 3);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_platform_serves_as_a_source) {
  for (const std::string platform : {"gitlab", "gitea", "openxlab", "giftless"}) {
    story_setup setup;
    setup.source.personality = platform;
    copy_story story(setup);
    story.commit_objects("main", "small", 2, below);
    story.commit_generated("main", above, 1);

    BOOST_TEST_CONTEXT(platform) check_copied(story, story.run());
  }
}

BOOST_AUTO_TEST_CASE(a_stream_of_gitea_that_breaks_is_read_on_though_it_names_another_total) {
  story_setup setup;
  setup.source.personality = "gitea";
  copy_story story(setup);
  story.commit_generated("main", above, 1);
  story.source().fault({{"fault", "blob_cut"}, {"times", 1}, {"at", 3'000'000}});

  const copy_run run = story.run({"--streams", "1"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  const log_lines downloads = events_of(run.source_log, "download");
  BOOST_TEST_REQUIRE(downloads.size() == 2u);
  BOOST_TEST(text_in(downloads[1], "range").starts_with("3000000-"));
  BOOST_TEST(stored_uploads(run.target_log) == 1u);
}

BOOST_AUTO_TEST_CASE(an_lfsconfig_that_sends_clones_elsewhere_is_told_without_its_password) {
  copy_story story;
  story.original().commit("main",
                          {{".lfsconfig", "[lfs]\n\turl = https://me:canary-of-the-source@lfs.example.com/a/b\n"}});

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.process.err.find("sends clones to https://lfs.example.com/a/b for LFS") != std::string::npos,
             run.said());
}

BOOST_AUTO_TEST_CASE(gitlab_and_gitea_get_chunks_and_modelscope_a_length) {
  for (const auto& [platform, chunked] :
       {std::pair("gitlab", true), {"gitea", true}, {"openxlab", true}, {"modelscope", false}, {"plain", false}}) {
    story_of story(platform);
    const copy_run run = story.run();
    BOOST_TEST_CONTEXT(platform) {
      for (const json::object& upload : events_of(run.target_log, "upload")) {
        BOOST_TEST(upload.at("chunked").as_bool() == chunked);
      }
      const std::size_t verified = events_of(run.target_log, "verify").size();
      const bool verifies = platform != std::string("gitlab") && platform != std::string("modelscope");
      BOOST_TEST(verified == (verifies ? 3u : 0u));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_run_outlives_the_credentials_that_gitlab_makes_and_does_not_date) {
  story_setup setup = to("gitlab");
  setup.target.flags = {"--lfs-token-lifetime", "3"};
  copy_story story(setup);
  // One at a time: the second is asked about with the first, and is sent when its credential is dead.
  for (unsigned n = 0; n < 2; ++n) story.commit_objects("main", "large" + std::to_string(n), 1, 1'200'000);
  story.target().fault({{"fault", "slow"}, {"rate", 300'000}, {"times", 1}, {"match", {{"method", "PUT"}}}});

  const copy_run run = story.run({"-j", "1", "--threads", "1"});

  BOOST_TEST_REQUIRE(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(stored_uploads(run.target_log) == 2u);
  const log_lines uploads = events_of(run.target_log, "upload");
  BOOST_TEST(std::ranges::any_of(uploads, [](const json::object& each) { return each.at("status").as_int64() == 401; }),
             run.said());
}

BOOST_AUTO_TEST_CASE(the_hub_gets_a_large_object_in_parts_and_a_small_one_whole) {
  story_of story("huggingface");
  const copy_run run = story.run();

  check_copied(story, run);
  check_parts(run, {"1", "2", "3"});
  BOOST_TEST((calls_of(run) == texts{"commit 200"}));
}

BOOST_AUTO_TEST_CASE(giftless_is_told_of_begin_and_end) {
  story_of story("giftless");
  const copy_run run = story.run();

  check_copied(story, run);
  check_parts(run, {"1", "2", "3"});
  BOOST_TEST((calls_of(run) == texts{"init 200", "commit 200"}));
}

BOOST_AUTO_TEST_CASE(what_breaks_an_upload_in_parts_starts_the_object_over) {
  struct row {
    json::object fault;
    texts parts;  // as they were asked for
  };
  const std::vector<row> rows{
      {{{"fault", "part_status"}, {"status", 503}}, {"1", "1", "2", "3"}},
      {{{"fault", "part_status"}, {"status", 403}, {"skip", 1}}, {"1", "2", "1", "2", "3"}},  // its URL died
      {{{"fault", "part_cut"}, {"at", 1'000'000}, {"skip", 2}}, {"1", "2", "3", "1", "2", "3"}},
      {{{"fault", "part_etag"}, {"skip", 1}}, {"1", "2", "3", "1", "2", "3"}},
      {{{"fault", "commit_status"}, {"status", 503}}, {"1", "2", "3", "1", "2", "3"}},
  };
  for (const row& each : rows) {
    story_of story("huggingface");
    story.target().fault(each.fault);
    const copy_run run = story.run();
    BOOST_TEST_CONTEXT(json::serialize(each.fault)) {
      check_copied(story, run);
      check_parts(run, each.parts);
      BOOST_TEST(run.number("retries") == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(giftless_is_told_to_forget_what_broke) {
  story_of story("giftless");
  story.target().fault({{"fault", "part_status"}, {"status", 503}, {"skip", 1}});
  const copy_run run = story.run();

  check_copied(story, run);
  check_parts(run, {"1", "2", "1", "2", "3"});
  BOOST_TEST((calls_of(run) == texts{"init 200", "abort 200", "init 200", "commit 200"}));
}

BOOST_AUTO_TEST_CASE(a_completion_that_is_refused_for_good_moves_no_ref) {
  story_of story("huggingface");
  story.target().fault({{"fault", "commit_status"}, {"status", 422}, {"times", -1}});
  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(story.copied().refs().empty());
  BOOST_TEST(ref_pushes(run.target_log) == 0u);
  check_parts(run, {"1", "2", "3"});
}

BOOST_AUTO_TEST_CASE(parts_that_the_hub_finds_wrong_are_sent_once_more_and_no_further) {
  story_of story("huggingface");
  story.target().fault({{"fault", "commit_status"}, {"status", 400}, {"times", -1}});
  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(ref_pushes(run.target_log) == 0u);
  check_parts(run, {"1", "2", "3", "1", "2", "3"});
}

BOOST_AUTO_TEST_CASE(wrong_bytes_of_the_source_are_never_committed) {
  for (const std::string platform : {"huggingface", "giftless"}) {
    story_of story(platform);
    story.source().fault({{"fault", "blob_corrupt_byte"},
                          {"at", above.value() - 1},
                          {"times", -1},
                          {"match", {{"oid", story.large.oid.hex()}}}});
    const copy_run run = story.run();
    BOOST_TEST_CONTEXT(platform) {
      BOOST_TEST(run.exit_code() == 11, run.said());
      BOOST_TEST(story.copied().refs().empty());
      for (const std::string& call : calls_of(run)) BOOST_TEST(call.find("commit") == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

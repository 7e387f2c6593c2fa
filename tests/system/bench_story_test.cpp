#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/copy_story.hpp"

// How fast are this machine and these ends? Asked of two hosts, and what asking leaves there.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace bench_story_test {

/// `hfpipe bench ENDS… FLAGS…` in the place of `hfpipe copy SOURCE TARGET`.
copy_run bench(const copy_story& story, const std::vector<std::string>& ends, std::vector<std::string> flags = {},
               const std::string& format = "json") {
  child_command command = story.command(std::move(flags));
  std::ranges::replace(command.arguments, "json", format);
  const auto verb = std::find(command.arguments.begin(), command.arguments.end(), "copy");
  const auto behind = command.arguments.erase(verb, verb + 3);
  auto words = ends;
  words.insert(words.begin(), "bench");
  command.arguments.insert(behind, words.begin(), words.end());
  return story.run(std::move(command));
}

std::string source_of(const copy_story& story) {
  return story.source().url_of(copy_story::name);
}

std::string target_of(const copy_story& story) {
  return story.target().url_of(copy_story::name);
}

/// Nothing that could have moved a ref was asked of either.
void check_no_push(const copy_run& run) {
  for (const log_lines* log : {&run.source_log, &run.target_log}) {
    BOOST_TEST(git_requests(*log, "git-receive-pack") == 0u);
    BOOST_TEST(ref_pushes(*log) == 0u);
  }
}

}  // namespace bench_story_test

BOOST_AUTO_TEST_SUITE(bench_story_test)

BOOST_AUTO_TEST_CASE(without_ends_this_machine_is_measured_and_no_host_is_asked) {
  copy_story story;
  const copy_run run = bench(story, {}, {"--threads", "2"});
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("local.bytes_per_second") > 0);
  BOOST_TEST(run.number("local.threads") == 2);
  BOOST_TEST(run.document.at("read").is_null());
  BOOST_TEST(run.document.at("write").is_null());
  BOOST_TEST(run.source_log.empty());
  BOOST_TEST(run.target_log.empty());
}

BOOST_AUTO_TEST_CASE(a_source_is_read_and_proven_and_nothing_is_kept) {
  copy_story story;
  story.commit_objects("main", "older", 2, 50'000);
  const auto newest = story.commit_objects("main", "weights", 6, 200'000);

  const copy_run run = bench(story, {source_of(story)}, {"--seconds", "20", "-j", "4"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("read.objects") >= 6);
  BOOST_TEST(run.number("read.bytes") >= 1'200'000);
  BOOST_TEST(run.number("read.bytes_per_second") > 0);
  // Each object, and the batch before.
  BOOST_TEST(run.number("read.requests") >= 7);
  BOOST_TEST(!run.document.at("read").at("first_byte_seconds").is_null());
  BOOST_TEST(run.target_log.empty());
  check_no_push(run);
}

BOOST_AUTO_TEST_CASE(a_folder_is_read_as_a_host_is) {
  copy_story story;
  story.commit_objects("main", "older", 2, 50'000);
  story.commit_objects("main", "weights", 3, 200'000);

  const copy_run run = bench(story, {story.original().path().string()}, {"--seconds", "1"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("read.objects") >= 5);
  BOOST_TEST(run.source_log.empty());
}

BOOST_AUTO_TEST_CASE(a_source_that_does_not_end_is_cut_when_the_time_is_over) {
  copy_story story;
  story.commit_objects("main", "weights", 1, 4'000'000);
  story.source().fault({{"fault", "slow"}, {"rate", 200'000}, {"times", -1}, {"match", {{"path", "/blob/"}}}});
  const copy_run run = bench(story, {source_of(story)}, {"--seconds", "4"});
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("read.objects") == 0);
  BOOST_TEST(run.number("read.bytes") > 0);
}

BOOST_AUTO_TEST_CASE(a_damaged_source_is_a_failure_and_no_speed) {
  copy_story story;
  story.commit_objects("main", "weights", 1, 300'000);
  story.source().fault({{"fault", "blob_corrupt_byte"}, {"times", -1}, {"match", {{"path", "/blob/"}}}});
  const copy_run run = bench(story, {source_of(story)}, {"--retries", "1"});
  BOOST_TEST(run.exit_code() == 11, run.said());
}

BOOST_AUTO_TEST_CASE(a_scratch_target_gets_objects_and_no_ref) {
  story_setup setup;
  setup.target.flags = {"--discard-blobs"};
  copy_story story(setup);
  const std::vector<std::string> flags{"--target", target_of(story), "--scratch", "--seconds", "4", "-j", "2"};

  const copy_run run = bench(story, {}, flags);

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("write.bytes") > 0);
  BOOST_TEST(run.document.at("read").is_null());
  BOOST_TEST(run.number("write.objects") <= static_cast<std::int64_t>(stored_uploads(run.target_log)));
  BOOST_TEST(story.copied().refs().empty());
  BOOST_TEST(run.source_log.empty());
  check_no_push(run);
}

BOOST_AUTO_TEST_CASE(a_target_that_is_not_there_is_told_before_the_source_is_read) {
  copy_story story;
  story.commit_objects("main", "weights", 1, 1000);
  const copy_run run = bench(story, {source_of(story), story.target().url_of("acme/nowhere")}, {"--scratch"});
  BOOST_TEST(run.exit_code() == 4, run.said());
  BOOST_TEST(run.source_log.empty());
}

BOOST_AUTO_TEST_CASE(a_source_that_is_not_there_is_told_before_the_machine_is_measured) {
  copy_story story;
  const copy_run run = bench(story, {story.source().url_of("acme/nowhere")});
  BOOST_TEST(run.exit_code() == 3, run.said());
  BOOST_TEST(run.document.at("local").is_null());
}

BOOST_AUTO_TEST_CASE(quiet_says_what_was_measured_or_what_went_wrong_and_nothing_else) {
  copy_story story;
  const copy_run measured = bench(story, {}, {"-q"}, "text");
  BOOST_TEST(measured.exit_code() == 0, measured.said());
  BOOST_TEST(!measured.process.out.empty());
  BOOST_TEST(measured.process.err.empty(), measured.said());
  const copy_run nowhere = bench(story, {story.source().url_of("acme/nowhere")}, {"-q"}, "text");
  BOOST_TEST(nowhere.exit_code() == 3, nowhere.said());
  BOOST_TEST(nowhere.process.out.empty(), nowhere.said());
  BOOST_TEST(nowhere.process.err.starts_with("error: "), nowhere.said());
}

BOOST_AUTO_TEST_CASE(a_target_that_is_busy_once_is_asked_again) {
  story_setup setup;
  setup.target.flags = {"--discard-blobs"};
  copy_story story(setup);
  story.target().fault({{"fault", "git_status"}, {"status", 503}, {"times", 1}});
  const copy_run run = bench(
      story, {}, {"--target", target_of(story), "--scratch", "--seconds", "1", "-j", "2", "--retry-delay", "1ms"});
  BOOST_TEST(run.exit_code() == 0, run.said());
}

BOOST_AUTO_TEST_CASE(without_the_word_scratch_no_target_is_touched) {
  copy_story story;
  story.commit_objects("main", "weights", 1, 1000);
  const copy_run run = bench(story, {source_of(story), target_of(story)});
  BOOST_TEST(run.exit_code() == 2, run.said());
  BOOST_TEST(run.process.err.find("--scratch") != std::string::npos, run.said());
  BOOST_TEST(run.source_log.empty());
  BOOST_TEST(run.target_log.empty());
}

BOOST_AUTO_TEST_CASE(a_repository_without_objects_says_that_it_cannot_be_measured) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  const copy_run run = bench(story, {source_of(story)});
  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(run.error("hint").find("with LFS objects") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_SUITE_END()

#include <signal.h>

#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>
#include <thread>

#include "tests/support/copy_story.hpp"

// What a run is to the person or the script in front of it: signals, a dry run, the display.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace run_story_test {

// One object that takes a minute unless somebody interrupts.
void publish_slow(copy_story& story, std::uint64_t rate = 65'536) {
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_objects("main", "weights", 1, 4'000'000);
  story.source().fault({{"fault", "slow"}, {"rate", rate}, {"times", -1}, {"match", {{"path", "/blob/"}}}});
}

void wait_for_batch(const forge_process& source) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (source.log_of("batch").empty()) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("no object was asked for");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

copy_run interrupt(copy_story& story, int signal) {
  const copy_story::log_marks marks = story.mark();
  child_process child(story.command());
  wait_for_batch(story.source());
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  BOOST_TEST_REQUIRE(!child.has_ended());
  const auto sent = std::chrono::steady_clock::now();
  child.send_signal(signal);
  copy_run run = story.finish(child.wait(), marks);
  BOOST_TEST((std::chrono::steady_clock::now() - sent < std::chrono::seconds(5)));
  return run;
}

void check_stopped(copy_story& story, int signal, int exit_code) {
  publish_slow(story);

  const copy_run run = interrupt(story, signal);

  BOOST_TEST(run.exit_code() == exit_code, run.said());
  BOOST_TEST(run.process.err.find("run the same command again") != std::string::npos, run.said());
  BOOST_TEST(run.number("exit_code") == exit_code);
  BOOST_TEST(story.copied().refs().empty());
  BOOST_TEST(ref_pushes(run.target_log) == 0u);
  BOOST_TEST(stored_uploads(run.target_log) == 0u);
  story.source().clear_faults();
  const copy_run again = story.run();
  BOOST_TEST(again.exit_code() == 0, again.said());
  BOOST_TEST(story.difference() == "");
}

bool is_control(char byte) {
  return (static_cast<unsigned char>(byte) < 0x20 && byte != '\n') || byte == 0x7f;
}

// A command line for a shell; none of ours holds a quote.
std::string shell_line(const std::vector<std::string>& arguments) {
  std::string line;
  for (const std::string& argument : arguments) line += "'" + argument + "' ";
  return line;
}

}  // namespace run_story_test

BOOST_AUTO_TEST_SUITE(run_story_test)

BOOST_AUTO_TEST_CASE(case_45_an_interrupt_ends_the_run_soon_and_a_repetition_goes_on) {
  copy_story story;
  check_stopped(story, SIGINT, 130);
}

BOOST_AUTO_TEST_CASE(a_termination_ends_the_run_soon_and_a_repetition_goes_on) {
  copy_story story;
  check_stopped(story, SIGTERM, 143);
}

BOOST_AUTO_TEST_CASE(a_dry_run_plans_and_only_reads) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_objects("main", "weights", 3, 50'000);

  const copy_run run = story.run({"--dry-run"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.copied().refs().empty());
  BOOST_TEST(git_requests(run.target_log, "git-receive-pack") == 0u);
  BOOST_TEST(events_of(run.target_log, "upload").empty());
  for (const json::object& batch : events_of(run.target_log, "batch")) {
    BOOST_TEST(batch.at("operation").as_string() == "download");
  }
  BOOST_TEST(events_of(run.source_log, "download").empty());
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "planned");
  BOOST_TEST(run.refs("action").at("refs/heads/main") == "create");
  BOOST_TEST(run.number("lfs.objects") == 3);
  BOOST_TEST(run.number("lfs.bytes") == 150'000);
  BOOST_TEST(run.number("lfs.sent") == 0);
}

BOOST_AUTO_TEST_CASE(a_file_or_a_pipe_gets_no_control_characters) {
  copy_story story;
  publish_slow(story, 4'000'000);

  for (const std::string style : {"auto", "plain", "none", "json"}) {
    story.commit_objects("main", style, 1, 1'000'000);  // something to tell of in each
    const copy_run run = story.run({"-v", "--progress", style, "--stats", "200ms"});

    BOOST_TEST(run.exit_code() == 0, run.said());
    BOOST_TEST(std::ranges::none_of(run.process.err, is_control), style + ": " + run.said());
    BOOST_TEST(std::ranges::none_of(run.process.out, is_control), style + ": " + run.said());
  }
}

BOOST_AUTO_TEST_CASE(a_terminal_shows_a_live_block_and_standard_output_stays_the_result) {
  copy_story story;
  publish_slow(story, 2'000'000);
  const temporary_folder here;
  const std::string result = (here.path() / "result.json").string();
  child_command command = story.command();
  command.arguments = {"script", "-qec", shell_line(command.arguments) + ">" + result, "/dev/null"};
  command.environment["TERM"] = "xterm";

  const copy_run run = story.run(std::move(command));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.process.out.find("\x1b[") != std::string::npos, run.said());
  BOOST_TEST(run.process.out.find("objects 0/1") != std::string::npos, run.said());
  BOOST_TEST(std::filesystem::file_size(result) > 0u);
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(json_progress_is_one_object_a_line_and_ends_with_the_exit_code) {
  copy_story story;
  publish_slow(story, 4'000'000);

  const copy_run run = story.run({"--progress", "json"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  std::istringstream lines(run.process.err);
  std::vector<std::string> events;
  json::object last;
  for (std::string line; std::getline(lines, line);) {
    boost::system::error_code not_json;
    const json::value parsed = json::parse(line, not_json);
    BOOST_TEST_REQUIRE((!not_json && parsed.is_object()), line);
    last = parsed.get_object();
    BOOST_TEST(last.at("schema").to_number<int>() == 1);
    BOOST_TEST(last.at("ts").is_string());
    events.push_back(json::value_to<std::string>(last.at("event")));
  }
  for (const std::string event : {"listed", "planned", "object_start", "object_progress", "object_done"}) {
    BOOST_TEST(std::ranges::count(events, event) >= 1, event);
  }
  BOOST_TEST_REQUIRE(!events.empty());
  BOOST_TEST(events.back() == "done");
  BOOST_TEST(last.at("exit_code").to_number<int>() == 0);
}

BOOST_AUTO_TEST_CASE(text_says_in_words_what_was_done) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_objects("main", "weights", 2, 50'000);
  child_command command = story.command({"--format", "text"});

  const copy_run run = story.run(std::move(command));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.document.empty());
  BOOST_TEST(run.process.out.find("copied") != std::string::npos, run.said());
  BOOST_TEST(run.process.out.find("2 sent") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(bash_completes_by_what_completion_prints) {
  const std::string commands =
      "set -e; source <(\"$1\" completion bash)\n"
      "ask() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _hfpipe; echo \"${COMPREPLY[*]}\"; }\n"
      "ask hfpipe copy --lfs al; ask hfpipe ver; ask hfpipe copy --max-b; ask hfpipe completion z\n";
  const std::string program = copy_command("", "", {}, "/").arguments.front();
  const child_result done = run_child({.arguments = {"bash", "-c", commands, "bash", program}});
  BOOST_TEST(done.exit_code == 0, done.err);
  BOOST_TEST(done.out == "all\nverify version\n--max-buffer-memory\nzsh\n");
}

BOOST_AUTO_TEST_SUITE_END()

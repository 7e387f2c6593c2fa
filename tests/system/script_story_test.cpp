#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>

#include "tests/support/copy_story.hpp"

// The command lines of the Python script that hfpipe replaces, unchanged; and what no run may ever say.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace script_story_test {

/// The script's words between two forges; the folder it runs in holds its `.env`.
class script_story : public copy_story {
 public:
  explicit script_story(story_setup setup = {}) : copy_story(std::move(setup)) {
    commit_objects("main", "weights", 2, 10'000);
    original().commit("side", {{"README.md", "side\n"}});
  }

  void write_env_file(const std::string& file_name, const std::string& text) const {
    const auto file = folder_.path() / file_name;
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  std::string tokens() const {
    return "# what the script read\nexport HF_TOKEN=\"" + source().token() + "\"\nHF_USERNAME=somebody\n" +
           "TARGET_USERNAME=oauth2\nTARGET_TOKEN='" + target().token() + "'\n";
  }

  child_command script(std::vector<std::string> words) const {
    child_command made = command();
    made.arguments = {made.arguments.front()};
    made.arguments.insert(made.arguments.end(), words.begin(), words.end());
    made.environment["HF_TOKEN"] = "";
    made.environment["TARGET_TOKEN"] = "";
    made.environment["HF_ENDPOINT"] = source().url();
    made.environment["SSL_CERT_FILE"] = forge_process::ca_file().string();
    made.folder = folder_.path();
    return made;
  }
  std::string target_url() const { return target().url_of(name); }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  temporary_folder folder_;
};

}  // namespace script_story_test

BOOST_AUTO_TEST_SUITE(script_story_test)

BOOST_AUTO_TEST_CASE(source_target_and_env_file_are_all_it_takes) {
  const script_story story;
  story.write_env_file("tokens.env", story.tokens());

  const copy_run run = story.run(story.script({"--source", std::string(story.name), "--target", story.target_url(),
                                               "--env-file", (story.folder() / "tokens.env").string()}));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(the_env_file_of_the_folder_is_read_and_old_flags_are_answered) {
  const script_story story;
  story.write_env_file(".env", story.tokens());
  const auto scratch = story.folder() / "scratch";
  std::filesystem::create_directory(scratch);

  const copy_run run = story.run(story.script({"-s", std::string(story.name), "-t", story.target_url(), "--mirror",
                                               "--temp-dir", scratch.string(), "--no-cleanup"}));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(std::filesystem::is_empty(scratch));
  BOOST_TEST(run.process.err.find("nothing is staged") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(skip_smudge_copies_pointers_and_says_why) {
  script_story story;
  story.write_env_file(".env", story.tokens() + "GIT_LFS_SKIP_SMUDGE=1\n");

  const copy_run run = story.run(story.script({"-s", std::string(story.name), "-t", story.target_url()}));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(stored_uploads(run.target_log) == 0u);
  BOOST_TEST((story.copied().refs() == story.original().refs()));
  BOOST_TEST(run.process.err.find("GIT_LFS_SKIP_SMUDGE") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(the_remote_mirror_takes_the_script_s_variables) {
  story_setup setup;
  setup.target.flags = {"--api", "gitlab", "--mirror-api", "new"};
  const script_story story(setup);
  story.write_env_file(".env", story.tokens() + "MIRROR_PLATFORM=gitlab\nGITLAB_API_BASE=" + story.target().url() +
                                   "/api/v4\nGITLAB_PROJECT_PATH=" + std::string(story.name) +
                                   "\nGITLAB_API_TOKEN=" + story.target().token() + "\n");

  const copy_run run =
      story.run(story.script({"-s", std::string(story.name), "-t", story.target_url(), "--use-remote-mirror"}));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(help_needs_nothing) {
  const script_story story;
  for (const char* flag : {"-h", "--help"}) {
    const copy_run run = story.run(story.script({flag}));
    BOOST_TEST(run.exit_code() == 0, run.said());
    BOOST_TEST(run.process.out.find("--use-remote-mirror") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_revision_of_the_hub_is_copied_alone) {
  script_story story;
  story.write_env_file(".env", story.tokens());

  const copy_run run =
      story.run(story.script({"-s", "hf://" + std::string(story.name) + "@side", "-t", story.target_url()}));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.copied().refs().size() == 1u);
  BOOST_TEST(story.copied().refs().at("refs/heads/side") == story.original().refs().at("refs/heads/side"));
}

// run() throws where one of the story's tokens, an Authorization value or a URL's signature is told.
BOOST_AUTO_TEST_CASE(no_mode_tells_a_secret) {
  const script_story story;
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{"--dry-run", "--progress", "json"},
                                             {"-v", "--progress", "json"},
                                             {"-v", "--progress", "tty", "--lfs", "all"},
                                             {"-v", "--progress", "plain", "--mirror", "--format", "text"},
                                             {"--lfs", "none", "-v"}}) {
    BOOST_TEST_CONTEXT(flags.front() << " " << flags[1]) {
      const copy_run run = story.run(flags);
      BOOST_TEST(run.exit_code() == 0, run.said());
    }
  }
  child_command verify = story.command({"-v", "--deep", "--progress", "json"});
  verify.arguments[1] = "verify";
  const copy_run verified = story.run(std::move(verify));
  BOOST_TEST(verified.exit_code() == 0, verified.said());
}

BOOST_AUTO_TEST_CASE(no_failure_tells_a_secret) {
  const std::vector<std::pair<std::string, boost::json::object>> faults{
      {"blob_status", {{"fault", "blob_status"}, {"status", 403}, {"times", -1}}},
      {"blob_corrupt_byte", {{"fault", "blob_corrupt_byte"}, {"times", -1}}},
      {"batch_garbage_json", {{"fault", "batch_garbage_json"}, {"times", -1}}},
      {"git_status", {{"fault", "git_status"}, {"status", 403}, {"times", -1}}}};
  for (const auto& [what, rule] : faults) {
    BOOST_TEST_CONTEXT(what) {
      const script_story story;
      story.source().fault(rule);
      const copy_run run = story.run({"-v", "--progress", "plain", "--retries", "1"});
      BOOST_TEST(run.exit_code() != 0, run.said());
      BOOST_TEST(story.source().hits(what) != 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_token_that_is_refused_or_stands_in_a_url_is_not_told) {
  const script_story story;
  const std::string wrong_token = "canary-that-is-wrong";
  child_command wrong = story.command({"-v"});
  wrong.environment["TARGET_TOKEN"] = wrong_token;
  const copy_run refused = story.run(std::move(wrong));
  BOOST_TEST(refused.exit_code() == 7, refused.said());
  BOOST_TEST((refused.process.out + refused.process.err).find(wrong_token) == std::string::npos, refused.said());

  const copy_run inside = story.run(
      story.command(story.source().url_of(story.name), story.target().url_with_token(story.name), {"-v", "-n"}));
  BOOST_TEST(inside.exit_code() == 0, inside.said());

  child_command untrusted = story.command({"-v"});
  untrusted.arguments.resize(untrusted.arguments.size() - 2);  // the CA
  const copy_run unproven = story.run(std::move(untrusted));
  BOOST_TEST(unproven.exit_code() == 5, unproven.said());
}

BOOST_AUTO_TEST_CASE(a_run_that_is_stopped_tells_no_secret) {
  const script_story story;
  story.source().fault({{"fault", "stall"}, {"times", -1}});
  const auto marks = story.mark();
  child_process running(story.command({"-v", "--progress", "json"}));
  for (int tenths = 0; tenths < 300 && story.source().hits("stall") == 0; ++tenths) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  running.send_signal(SIGINT);
  const copy_run run = story.finish(running.wait(), marks);
  BOOST_TEST(run.exit_code() == 130, run.said());
}

BOOST_AUTO_TEST_SUITE_END()

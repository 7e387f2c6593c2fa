#include "tools/hfpipe/options.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <thread>

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;

namespace options_test {

using words = std::vector<std::string>;

const words minimal{"copy", "owner/name", "https://gitlab.example.com/g/n.git"};

words with(words more) {
  words all = minimal;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

using files = std::map<std::string, std::string>;

outcome<invocation> parse(const words& args, const environment& env = {}, const files& there = {}) {
  const file_reader read_file = [&](const std::string& path) -> outcome<small_file> {
    const auto found = there.find(path);
    if (found == there.end()) return failure(errc::not_found).detail(path + ": cannot be read");
    return small_file{found->second};
  };
  return parse_options(args, env, read_file);
}

copy_request request(const words& args, const environment& env = {}, const files& there = {}) {
  return std::get<copy_request>(parse(args, env, there).value());
}

/// What a person would read, in one line.
std::string refusal(const words& args, const environment& env = {}) {
  const auto parsed = parse(args, env);
  if (parsed) return "accepted";
  const auto& why = parsed.error();
  std::string text = why.what() + " | " + std::string(why.hint());
  for (const auto& frame : why.where()) text += " | " + frame;
  return text;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace options_test

BOOST_AUTO_TEST_SUITE(options_test)

BOOST_AUTO_TEST_CASE(copy_takes_source_and_target_as_words) {
  const auto read = request(minimal);
  BOOST_TEST(read.source.shown() == "https://huggingface.co/owner/name");
  BOOST_TEST(read.target.shown() == "https://gitlab.example.com/g/n.git");
}

BOOST_AUTO_TEST_CASE(the_old_command_line_needs_no_command) {
  for (const words& args :
       {words{"--source", "a/b", "--target", "https://h.example/c/d"},
        words{"-s", "a/b", "-t", "https://h.example/c/d"}, words{"--source=a/b", "--target=https://h.example/c/d"},
        words{"copy", "-s", "a/b", "--target", "https://h.example/c/d"},
        words{"copy", "a/b", "--target", "https://h.example/c/d"}}) {
    const auto read = request(args);
    BOOST_TEST(read.source.shown() == "https://huggingface.co/a/b");
    BOOST_TEST(read.target.shown() == "https://h.example/c/d");
  }
}

BOOST_AUTO_TEST_CASE(flags_may_stand_anywhere) {
  const auto read = request({"-n", "copy", "-j", "3", "a/b", "--retries=2", "https://h.example/c/d", "-v"});
  BOOST_CHECK(read.transfer.mode == run_mode::dry_run);
  BOOST_TEST(read.transfer.transfers == 3u);
  BOOST_TEST(read.transfer.retries.retries == 2u);
  BOOST_CHECK(read.talk.verbosity == verbosity::verbose);
  BOOST_TEST(read.target.shown() == "https://h.example/c/d");
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_the_manual) {
  const auto read = request(minimal);
  BOOST_TEST(read.transfer.transfers == 8u);
  BOOST_TEST(read.transfer.buffer_memory.value() == 128u << 20);
  BOOST_TEST(read.transfer.retries.retries == 8u);
  BOOST_CHECK(read.transfer.retries.first_wait == 1s);
  BOOST_TEST(read.threads == std::clamp(std::thread::hardware_concurrency(), 1U, 4U));
  BOOST_CHECK(read.transfer.lfs == lfs_mode::new_objects);
  BOOST_CHECK(read.transfer.mode == run_mode::copy);
  BOOST_TEST(read.transfer.refs.refspecs.empty());
  BOOST_CHECK(read.network.timeouts.idle == 30s);
  BOOST_CHECK(read.network.timeouts.connect == 30s);
  BOOST_CHECK(read.finalize_timeout == 15min);
  BOOST_TEST(read.network.trust.verify);
  BOOST_TEST(!read.network.allow_http);
  BOOST_CHECK(read.format == result_format::text);
  BOOST_CHECK(read.talk.progress == progress_style::automatic);
  BOOST_CHECK(read.talk.stats == 30s);
  BOOST_CHECK(read.talk.verbosity == verbosity::normal);
  BOOST_CHECK(read.talk.colour == colour::on);
  BOOST_TEST(read.notes.empty());
}

BOOST_AUTO_TEST_CASE(every_flag_reaches_its_place) {
  const auto read = request(with({"--transfers",
                                  "4",
                                  "--max-buffer-memory",
                                  "64MiB",
                                  "--threads",
                                  "64",
                                  "--retries",
                                  "0",
                                  "--retry-delay",
                                  "3s",
                                  "--timeout",
                                  "5s",
                                  "--contimeout",
                                  "2m",
                                  "--finalize-timeout",
                                  "1h",
                                  "--ca-cert",
                                  "a.pem",
                                  "--ca-cert",
                                  "b.pem",
                                  "--format",
                                  "json",
                                  "--progress",
                                  "plain",
                                  "--stats",
                                  "10s",
                                  "--quiet",
                                  "--dry-run",
                                  "--refs",
                                  "+refs/heads/*:refs/heads/*",
                                  "--refs",
                                  "^refs/heads/wip",
                                  "--lfs",
                                  "none",
                                  "--allow-http",
                                  "--insecure-skip-verify"}));
  BOOST_TEST(read.transfer.transfers == 4u);
  BOOST_TEST(read.transfer.buffer_memory.value() == 64u << 20);
  BOOST_TEST(read.threads == 64u);
  BOOST_TEST(read.transfer.retries.retries == 0u);
  BOOST_CHECK(read.transfer.retries.first_wait == 3s);
  BOOST_CHECK(read.network.timeouts.idle == 5s);
  BOOST_CHECK(read.network.timeouts.connect == 2min);
  BOOST_CHECK(read.finalize_timeout == 1h);
  BOOST_TEST(read.network.trust.ca_files == (words{"a.pem", "b.pem"}), boost::test_tools::per_element());
  BOOST_CHECK(read.format == result_format::json);
  BOOST_CHECK(read.talk.progress == progress_style::plain);
  BOOST_CHECK(read.talk.stats == 10s);
  BOOST_CHECK(read.talk.verbosity == verbosity::quiet);
  BOOST_CHECK(read.transfer.mode == run_mode::dry_run);
  BOOST_REQUIRE(read.transfer.refs.refspecs.size() == 2u);
  BOOST_TEST(read.transfer.refs.refspecs[1].is_negative());
  BOOST_CHECK(read.transfer.lfs == lfs_mode::none);
  BOOST_TEST(read.network.allow_http);
  BOOST_TEST(!read.network.trust.verify);
}

BOOST_AUTO_TEST_CASE(every_flag_is_also_a_variable) {
  const auto read = request({}, {{"HFPIPE_SOURCE", "a/b"},
                                 {"HFPIPE_TARGET", "https://h.example/c/d"},
                                 {"HFPIPE_MAX_BUFFER_MEMORY", "16MiB"},
                                 {"HFPIPE_REFS", "refs/heads/main refs/tags/v1"},
                                 {"HFPIPE_DRY_RUN", "yes"},
                                 {"HFPIPE_ALLOW_HTTP", "0"},
                                 {"HFPIPE_TIMEOUT", ""}});
  BOOST_TEST(read.source.shown() == "https://huggingface.co/a/b");
  BOOST_TEST(read.transfer.buffer_memory.value() == 16u << 20);
  BOOST_TEST(read.transfer.refs.refspecs.size() == 2u);
  BOOST_CHECK(read.transfer.mode == run_mode::dry_run);
  BOOST_TEST(!read.network.allow_http);
  BOOST_CHECK(read.network.timeouts.idle == 30s);
}

BOOST_AUTO_TEST_CASE(a_flag_wins_over_its_variable) {
  BOOST_TEST(request(with({"-j", "3"}), {{"HFPIPE_TRANSFERS", "5"}}).transfer.transfers == 3u);
}

BOOST_AUTO_TEST_CASE(the_last_of_a_flag_given_twice_wins) {
  BOOST_TEST(request(with({"-j", "3", "-j", "4"})).transfer.transfers == 4u);
}

BOOST_AUTO_TEST_CASE(pointers_alone_can_be_asked_for_in_three_ways) {
  BOOST_CHECK(request(with({"--pointer-only"})).transfer.lfs == lfs_mode::none);
  BOOST_CHECK(request(minimal, {{"GIT_LFS_SKIP_SMUDGE", "1"}}).transfer.lfs == lfs_mode::none);
  BOOST_CHECK(request(minimal, {{"GIT_LFS_SKIP_SMUDGE", "0"}}).transfer.lfs == lfs_mode::new_objects);
  BOOST_CHECK(request(with({"--lfs", "new"}), {{"GIT_LFS_SKIP_SMUDGE", "1"}}).transfer.lfs == lfs_mode::new_objects);
  BOOST_TEST(contains(refusal(with({"--lfs", "new", "--pointer-only"})), "contradicts"));
}

BOOST_AUTO_TEST_CASE(a_mirror_is_every_ref_and_prunes) {
  const auto read = request(with({"--mirror"})).transfer.refs;
  BOOST_REQUIRE(read.refspecs.size() == 1u);
  BOOST_TEST(read.refspecs[0].text() == "+refs/*:refs/*");
  BOOST_TEST(read.prune);
  BOOST_TEST(!read.no_force);
}

BOOST_AUTO_TEST_CASE(a_mirror_of_named_refs_prunes_within_those) {
  const auto read = request(with({"--mirror", "--refs", "+refs/heads/*:refs/heads/*"})).transfer.refs;
  BOOST_REQUIRE(read.refspecs.size() == 1u);
  BOOST_TEST(read.refspecs[0].text() == "+refs/heads/*:refs/heads/*");
  BOOST_TEST(read.prune);
}

BOOST_AUTO_TEST_CASE(a_mirror_with_exclusions_only_is_every_other_ref) {
  const auto read = request(with({"--mirror", "--refs", "^refs/pr/*"})).transfer.refs;
  BOOST_REQUIRE(read.refspecs.size() == 2u);
  BOOST_TEST(read.refspecs[0].is_negative());
  BOOST_TEST(read.refspecs[1].text() == "+refs/*:refs/*");
}

BOOST_AUTO_TEST_CASE(a_mirror_may_leave_what_exists_where_it_is) {
  const auto read = request(with({"--mirror", "--no-force"})).transfer.refs;
  BOOST_TEST(read.prune);
  BOOST_TEST(read.no_force);
}

BOOST_AUTO_TEST_CASE(each_switch_of_a_transfer_turns_on_what_it_says_alone) {
  const std::vector<std::pair<std::string, bool transfer_options::*>> rows{
      {"--atomic", &transfer_options::atomic},
      {"--strict", &transfer_options::strict},
      {"--strict-lfs", &transfer_options::strict_lfs},
      {"--allow-unscanned", &transfer_options::allow_unscanned}};
  for (const auto& [given, ignored] : rows) {
    const auto read = request(with({given})).transfer;
    for (const auto& [flag, field] : rows) {
      BOOST_TEST_CONTEXT(given << " and " << flag) BOOST_TEST((read.*field == (flag == given)));
    }
  }
}

BOOST_AUTO_TEST_CASE(all_objects_can_be_asked_for) {
  BOOST_CHECK(request(with({"--lfs", "all"})).transfer.lfs == lfs_mode::all);
  BOOST_TEST(contains(refusal(with({"--lfs", "all", "--pointer-only"})), "--lfs: contradicts --pointer-only"));
}

BOOST_AUTO_TEST_CASE(what_looks_for_no_object_cannot_be_strict_about_objects) {
  for (const auto& flag : {words{"--pointer-only", "--strict-lfs"}, words{"--lfs", "none", "--strict-lfs"}}) {
    BOOST_TEST(contains(refusal(with(flag)), "--strict-lfs: contradicts --lfs none"));
  }
  BOOST_TEST(contains(refusal(with({"--strict-lfs"}), {{"GIT_LFS_SKIP_SMUDGE", "1"}}), "--strict-lfs: contradicts"));
}

BOOST_AUTO_TEST_CASE(bad_values_are_named_with_the_flag_or_the_variable) {
  const std::vector<std::pair<words, std::string>> rows{
      {{"--transfers", "0"}, "--transfers: '0' is not a number from 1 to 256"},
      {{"--transfers", "4x"}, "--transfers: '4x'"},
      {{"--transfers", "-1"}, "--transfers: '-1'"},
      {{"--transfers", "99999999999999999999"}, "--transfers: "},
      {{"--threads", "0"}, "--threads: '0' is not a number from 1 to 64"},
      {{"--threads", "65"}, "--threads: '65'"},
      {{"--retries", ""}, "--retries: an empty value"},
      {{"--max-buffer-memory", "15MiB"}, "--max-buffer-memory: at least 16.0 MiB"},
      {{"--max-buffer-memory", "lots"}, "--max-buffer-memory: 'lots' is not a size"},
      {{"--timeout", "5 parsecs"}, "--timeout: '5 parsecs' is not a time span"},
      {{"--timeout", "0s"}, "--timeout: '0s' is not more than zero"},
      {{"--format", "xml"}, "--format: 'xml' is not text or json"},
      {{"--progress", "fancy"}, "--progress: 'fancy' is not auto, tty, plain, json or none"},
      {{"--lfs", "some"}, "--lfs: 'some' is not new, all or none"},
      {{"-v", "-q"}, "--quiet: contradicts --verbose"},
      {{"--refs", "refs/heads/*:refs/heads/x"}, "refspec"},
      {{"--target-token-file", "nowhere"}, "--target-token-file"},
      {{"--transfers"}, "--transfers"},
      {{"--source", "c/d"}, "the source is given twice"},
      {{"third"}, "too many words"},
  };
  for (const auto& [args, part] : rows) {
    BOOST_TEST_CONTEXT(args.front()) BOOST_TEST(contains(refusal(with(args)), part), refusal(with(args)));
  }
  BOOST_TEST(contains(refusal(minimal, {{"HFPIPE_TRANSFERS", "x"}}), "HFPIPE_TRANSFERS: 'x'"));
  BOOST_TEST(contains(refusal(minimal, {{"HFPIPE_DRY_RUN", "maybe"}}), "HFPIPE_DRY_RUN: 'maybe'"));
}

BOOST_AUTO_TEST_CASE(a_switch_with_a_value_is_what_the_value_says) {
  for (const std::string no : {"false", "0", "False"}) {
    const auto read = request(with({"--insecure-skip-verify=" + no, "--allow-http=" + no, "--dry-run=" + no}));
    BOOST_TEST(read.network.trust.verify, no);
    BOOST_TEST(!read.network.allow_http, no);
    BOOST_CHECK(read.transfer.mode == run_mode::copy);
    BOOST_TEST(read.notes.empty(), no);
  }
  for (const std::string yes : {"true", "1"}) {
    BOOST_TEST(!request(with({"--insecure-skip-verify=" + yes})).network.trust.verify, yes);
  }
  for (const std::string flag : {"--insecure-skip-verify", "--quiet", "--help", "--version"}) {
    for (const std::string other : {"maybe", "2", "-1"}) {
      const auto said = refusal(with({flag + "=" + other}));
      BOOST_TEST(contains(said, flag + ": '" + other + "' is neither true nor false"), said);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_last_word_on_a_switch_counts_and_beats_its_variable) {
  BOOST_CHECK(request(with({"-n", "--dry-run=false"})).transfer.mode == run_mode::copy);
  BOOST_CHECK(request(with({"--dry-run=false", "-n"})).transfer.mode == run_mode::dry_run);
  BOOST_TEST(
      request(with({"--insecure-skip-verify=false"}), {{"HFPIPE_INSECURE_SKIP_VERIFY", "1"}}).network.trust.verify);
  BOOST_CHECK(std::holds_alternative<copy_request>(parse(with({"--help=false", "--version=0"})).value()));
}

BOOST_AUTO_TEST_CASE(a_typo_is_answered_with_the_nearest_name) {
  BOOST_TEST(contains(refusal(with({"--tranfers", "4"})), "did you mean --transfers?"));
  BOOST_TEST(contains(refusal(with({"--dryrun"})), "did you mean --dry-run?"));
  BOOST_TEST(contains(refusal(with({"--max-bufer-memory=1GB"})), "did you mean --max-buffer-memory?"));
  BOOST_TEST(contains(refusal({"cpoy", "a/b", "https://h.example/c/d"}), "did you mean hfpipe copy?"));
  BOOST_TEST(!contains(refusal(with({"--zzzzzzzz"})), "did you mean"));
  BOOST_TEST(contains(refusal(with({"--zzzzzzzz"})), "unknown flag '--zzzzzzzz'"));
}

BOOST_AUTO_TEST_CASE(a_revision_is_copied_alone_and_contradicts_other_choices_of_refs) {
  const words args{"copy", "owner/name@v1", "https://gitlab.example.com/g/n.git"};
  const auto read = request(args);
  BOOST_TEST(read.transfer.refs.revision == "v1");
  BOOST_TEST(read.transfer.refs.refspecs.empty());
  BOOST_TEST(std::ranges::any_of(read.notes, [](const auto& note) { return contains(note, "only v1"); }));
  for (const words& more : {words{"--mirror"}, words{"--refs", "refs/heads/*:refs/heads/*"}}) {
    words all = args;
    all.insert(all.end(), more.begin(), more.end());
    BOOST_TEST(contains(refusal(all), "contradicts the revision"), refusal(all));
  }
  BOOST_TEST(contains(refusal({"copy", "owner/name", "owner/other@v1"}), "a target has no revision"));
  BOOST_TEST(contains(refusal({"mirror", "owner/name@v1", "https://gitlab.example.com/g/n.git"}), "whole repository"));
}

BOOST_AUTO_TEST_CASE(flags_of_other_tools_are_answered_with_ours) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"--token", "HF_TOKEN"},   {"--dry", "--dry-run"},  {"--no-atomic", "--atomic is off"},
      {"--force", "--no-force"}, {"--prune", "--mirror"}, {"--max", "--max-buffer-memory"}};
  for (const auto& [typed, expected] : rows)
    BOOST_TEST(contains(refusal(with({typed})), expected), refusal(with({typed})));
}

BOOST_AUTO_TEST_CASE(a_flag_without_its_value_is_named) {
  BOOST_TEST(contains(refusal(with({"--max-buffer-memory"})), "--max-buffer-memory needs a value"));
  BOOST_TEST(contains(refusal(with({"-j"})), "--transfers needs a value"));
}

BOOST_AUTO_TEST_CASE(that_git_lfs_s_variable_leaves_objects_out_is_said) {
  const auto says_so = [](const copy_request& read) {
    return std::ranges::any_of(read.notes, [](const auto& note) { return contains(note, "GIT_LFS_SKIP_SMUDGE"); });
  };
  BOOST_TEST(says_so(request(minimal, {{"GIT_LFS_SKIP_SMUDGE", "1"}})));
  BOOST_TEST(!says_so(request(minimal)));
  BOOST_TEST(!says_so(request(with({"--lfs", "none"}), {{"GIT_LFS_SKIP_SMUDGE", "1"}})));
}

BOOST_AUTO_TEST_CASE(a_completion_is_an_answer_for_a_known_shell) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const auto text = std::get<answer>(parse({"completion", shell}).value()).text;
    for (const auto& name : {"mirror", "max-buffer-memory", "new all none"}) BOOST_TEST(contains(text, name), shell);
  }
  BOOST_TEST(contains(refusal({"completion"}), "no shell is given"));
  BOOST_TEST(contains(refusal({"completion", "tcsh"}), "bash, zsh or fish"));
}

BOOST_AUTO_TEST_CASE(a_side_that_is_not_given_is_named) {
  BOOST_TEST(contains(refusal({}), "no source is given"));
  BOOST_TEST(contains(refusal({"copy", "a/b"}), "no target is given"));
}

BOOST_AUTO_TEST_CASE(help_and_version_are_answers) {
  for (const words& args : {words{"--help"}, words{"-h"}, words{"copy", "--help"}, words{"copy", "a/b", "-h"}}) {
    const auto text = std::get<answer>(parse(args).value()).text;
    for (const auto* part : {"Exit codes:", "Examples:", "--max-buffer-memory SIZE", "HF_TOKEN"}) {
      BOOST_TEST_CONTEXT(part) BOOST_TEST(contains(text, part));
    }
  }
  for (const words& args : {words{"--version"}, words{"version"}}) {
    BOOST_TEST(std::get<answer>(parse(args, {{"HFPIPE_VERSION", "9"}}).value()).text == "hfpipe " HFPIPE_VERSION "\n");
  }
}

BOOST_AUTO_TEST_CASE(unknown_variables_of_ours_are_left_alone) {
  // Kubernetes sets HFPIPE_SERVICE_HOST beside a service of that name.
  BOOST_TEST(refusal(minimal, {{"HFPIPE_SERVICE_HOST", "10.0.0.1"}}) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_nearly_a_flag_is_noted_and_another_is_not) {
  const auto notes = request(minimal, {{"HFPIPE_TRANSFER", "3"}, {"HFPIPE_SERVICE_HOST", "10.0.0.1"}}).notes;
  BOOST_REQUIRE(notes.size() == 1u);
  BOOST_TEST(notes[0] == "HFPIPE_TRANSFER is no setting of hfpipe's: did you mean HFPIPE_TRANSFERS?");
}

BOOST_AUTO_TEST_CASE(verify_takes_what_copy_takes_but_what_only_sending_needs) {
  const words args{"verify", "a/b", "https://h.example/c/d", "--mirror", "-j", "3"};
  const auto read = std::get<verify_request>(parse(args).value());
  BOOST_CHECK(read.depth == verify_depth::presence);
  BOOST_TEST(read.as_copy.target.shown() == "https://h.example/c/d");
  BOOST_TEST(read.as_copy.transfer.refs.prune);
  BOOST_TEST(read.as_copy.transfer.transfers == 3u);
  for (const std::string flag : {"--dry-run", "--pointer-only", "--atomic", "--strict", "--strict-lfs", "--no-force"}) {
    words more = args;
    more.push_back(flag);
    BOOST_TEST(contains(refusal(more), flag + " has no meaning for hfpipe verify"), refusal(more));
  }
  BOOST_TEST(std::holds_alternative<verify_request>(parse(args, {{"HFPIPE_LFS", "none"}}).value()));
}

BOOST_AUTO_TEST_CASE(reading_back_is_a_matter_of_verify) {
  const auto read = std::get<verify_request>(parse({"verify", "a/b", "https://h.example/c/d", "--deep"}).value());
  BOOST_CHECK(read.depth == verify_depth::bytes);
  BOOST_TEST(contains(refusal(with({"--deep"})), "--deep has no meaning for hfpipe copy"));
  BOOST_TEST(refusal(minimal, {{"HFPIPE_DEEP", "1"}}) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_pull_mirror_can_be_asked_for_by_command_and_by_the_old_flag) {
  for (const words& args : {words{"mirror", "a/b", "https://h.example/c/d"},
                            words{"--source", "a/b", "--target", "https://h.example/c/d", "--use-remote-mirror"},
                            words{"copy", "--use-remote-mirror", "a/b", "https://h.example/c/d", "--mirror"}}) {
    const auto read = std::get<mirror_request>(parse(args).value());
    BOOST_TEST(read.source.shown() == "https://huggingface.co/a/b");
    BOOST_TEST(read.target.shown() == "https://h.example/c/d");
    BOOST_CHECK(read.api.platform == api_platform::automatic);
    BOOST_TEST(!read.api.base.has_value());
    BOOST_TEST(read.api.project_path.empty());
    BOOST_TEST(read.api.token.empty());
    BOOST_TEST(!read.source_login.has_value());
    BOOST_TEST(!read.target_login.has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_pull_mirror_takes_the_scripts_variables) {
  const auto read = std::get<mirror_request>(parse({"-s", "a/b", "-t", "https://h.example/c/d", "--use-remote-mirror"},
                                                   {{"MIRROR_PLATFORM", "gitlab"},
                                                    {"GITLAB_API_BASE", "https://h.example/api/v4/"},
                                                    {"GITLAB_PROJECT_PATH", "c%2Fd"},
                                                    {"GITLAB_API_TOKEN", " glpat-x\n"},
                                                    {"HF_USERNAME", "me"},
                                                    {"HF_TOKEN", "s"},
                                                    {"TARGET_TOKEN", "t"}})
                                                 .value());
  BOOST_CHECK(read.api.platform == api_platform::gitlab);
  BOOST_TEST(read.api.base.value().shown() == "https://h.example/api/v4");
  BOOST_TEST(read.api.project_path == "c/d");
  BOOST_TEST(read.api.token.reveal() == "glpat-x");
  BOOST_TEST(read.source_login.value().user == "me");
  BOOST_TEST(read.source_login.value().password.reveal() == "s");
  BOOST_TEST(read.target_login.value().user == "oauth2");
  BOOST_TEST(read.target_login.value().password.reveal() == "t");
}

BOOST_AUTO_TEST_CASE(what_sets_up_a_pull_mirror_is_checked_before_anything_is_sent) {
  const auto said = [](words more) {
    words all{"mirror", "a/b", "https://h.example/c/d"};
    all.insert(all.end(), more.begin(), more.end());
    return refusal(all);
  };
  BOOST_TEST(
      contains(said({"--platform", "bitbucket"}), "--platform: 'bitbucket' is not auto, gitlab, gitea or forgejo"));
  BOOST_TEST(contains(said({"--api-base", "http://h.example/api/v4"}), "http://h.example/api/v4 | "));
  BOOST_TEST(contains(said({"--api-base", "https://u:canary@h.example/api/v4"}), "--api-base"));
  BOOST_TEST(!contains(said({"--api-base", "https://u:canary@h.example/api/v4"}), "canary"));
  BOOST_TEST(contains(said({"--project-path", "/"}), "--project-path: '/' is not a project's path"));
  BOOST_TEST(contains(said({"--project-path", "a b"}), "--project-path: "));
  BOOST_TEST(contains(said({"--dry-run"}), "--dry-run has no meaning for hfpipe mirror"));
  BOOST_TEST(contains(refusal(with({"--platform", "gitlab"})), "--platform: has no effect without --create or"));
  BOOST_TEST(refusal(minimal, {{"MIRROR_PLATFORM", "bitbucket"}}) == "accepted");
}

BOOST_AUTO_TEST_CASE(our_variable_wins_over_the_scripts) {
  const auto read = std::get<mirror_request>(
      parse({"mirror", "a/b", "https://h.example/c/d"}, {{"MIRROR_PLATFORM", "gitlab"}, {"HFPIPE_PLATFORM", "gitea"}})
          .value());
  BOOST_CHECK(read.api.platform == api_platform::gitea);
}

BOOST_AUTO_TEST_CASE(a_target_is_created_only_when_asked_for) {
  BOOST_TEST(!request(minimal).creation.has_value());
  BOOST_TEST(!request(minimal, {{"HFPIPE_VISIBILITY", "public"}}).creation.has_value());
  BOOST_CHECK(request(with({"--create"})).creation.value() == visibility::match);
  BOOST_CHECK(request(with({"--create", "--visibility", "private"})).creation.value() == visibility::private_);
  BOOST_CHECK(request(with({"--create"}), {{"HFPIPE_VISIBILITY", "public"}}).creation.value() == visibility::public_);
  BOOST_TEST(contains(refusal(with({"--visibility", "public"})), "--visibility: has no effect without --create"));
  BOOST_TEST(contains(refusal(with({"--create", "--visibility", "secret"})), "match, private or public"));
  BOOST_TEST(!request(minimal).set_default_branch);
  BOOST_TEST(request(with({"--set-default-branch"})).set_default_branch);
}

BOOST_AUTO_TEST_CASE(an_env_file_comes_behind_the_environment_and_the_flags) {
  const files there{{".env", "HFPIPE_TRANSFERS=2\nHFPIPE_RETRIES=2\nHFPIPE_THREADS=2\nTARGET_TOKEN=t"}};
  const auto read = request(with({"-j", "4"}), {{"HFPIPE_RETRIES", "3"}}, there);
  BOOST_TEST(read.transfer.transfers == 4u);
  BOOST_TEST(read.transfer.retries.retries == 3u);
  BOOST_TEST(read.threads == 2u);
  BOOST_TEST(read.target_credential.has_value());
}

BOOST_AUTO_TEST_CASE(an_env_file_is_named_by_flag_or_variable) {
  const files there{{".env", "HFPIPE_THREADS=1"}, {"one", "HFPIPE_THREADS=2"}, {"two", "HFPIPE_THREADS=3"}};
  BOOST_TEST(request(with({"--env-file", "one"}), {}, there).threads == 2u);
  BOOST_TEST(request(minimal, {{"HFPIPE_ENV_FILE", "one"}}, there).threads == 2u);
  BOOST_TEST(request(with({"--env-file=two"}), {{"HFPIPE_ENV_FILE", "one"}}, there).threads == 3u);
  BOOST_TEST(contains(refusal(with({"--env-file", "three"})), "three: cannot be read"));
  BOOST_TEST(contains(refusal(with({"--env-file", ""})), "--env-file: an empty value"));
}

BOOST_AUTO_TEST_CASE(what_a_file_says_wrongly_is_named_with_its_variable) {
  const auto parsed = parse(minimal, {}, {{".env", "HFPIPE_THREADS=many"}});
  BOOST_TEST(contains(parsed.error().detail(), "HFPIPE_THREADS: 'many'"));
}

BOOST_AUTO_TEST_CASE(flags_of_the_script_for_its_files_are_answered_with_one_line) {
  BOOST_TEST(request(with({"--temp-dir", "/big", "--no-cleanup"})).notes ==
                 (words{"--temp-dir and --no-cleanup: without effect, nothing is staged on disk"}),
             boost::test_tools::per_element());
  BOOST_TEST(request(with({"--temp-dir=/big"})).notes.size() == 1u);
  BOOST_TEST(request(with({"--no-cleanup=false"})).notes.empty());
}

BOOST_AUTO_TEST_CASE(a_repository_is_not_copied_onto_itself) {
  const words args{"copy", "https://h.example/c/d", "https://h.example/c/d.git"};
  BOOST_TEST(contains(refusal(args), "the same repository"));
}

BOOST_AUTO_TEST_CASE(help_is_a_command_too) {
  for (const words& args : {words{"help"}, words{"--help"}, words{"-h"}, words{"--format", "json", "--help"}}) {
    BOOST_TEST(contains(std::get<answer>(parse(args).value()).text, "hfpipe verify SOURCE TARGET"));
  }
}

BOOST_AUTO_TEST_CASE(help_for_one_command_is_of_that_command) {
  for (const words& args : {words{"help", "sync"}, words{"sync", "--help"}, words{"sync", "-h"},
                            words{"sync", "-f", "jobs.yaml", "--help"}}) {
    BOOST_TEST_CONTEXT(args.front() << ' ' << args.back()) {
      const std::string text = std::get<answer>(parse(args).value()).text;
      BOOST_TEST(contains(text, "--keep-going"));
      BOOST_TEST(!contains(text, "--deep"));
    }
  }
  BOOST_TEST(contains(std::get<answer>(parse({"help", "help"}).value()).text, "hfpipe help [COMMAND]"));
  BOOST_TEST(contains(refusal({"help", "snyc"}), "no command of that name"));
}

BOOST_AUTO_TEST_CASE(that_json_was_wanted_is_known_although_the_rest_is_wrong) {
  BOOST_TEST(asks_for_json({"copy", "--what", "--format", "json"}, {}));
  BOOST_TEST(asks_for_json({"--format=json"}, {}));
  BOOST_TEST(asks_for_json({}, {{"HFPIPE_FORMAT", "json"}}));
  BOOST_TEST(!asks_for_json({"--format", "text"}, {{"HFPIPE_FORMAT", "json"}}));
  BOOST_TEST(!asks_for_json({"--format"}, {}));
}

BOOST_AUTO_TEST_CASE(proxies_come_from_either_case) {
  const auto read = request(minimal, {{"HTTPS_PROXY", "proxy.example:3128"},
                                      {"http_proxy", "http://me:pw@lower.example:1"},
                                      {"HTTP_PROXY", "http://upper.example:1"},
                                      {"NO_PROXY", "localhost,.example.com"}});
  BOOST_TEST(read.network.proxies.for_https.value().url.origin().text() == "http://proxy.example:3128");
  BOOST_TEST(read.network.proxies.for_http.value().url.origin().host == "lower.example");
  BOOST_TEST(read.network.proxies.for_http.value().password.value().reveal() == "pw");
  BOOST_TEST(read.network.proxies.exceptions == "localhost,.example.com");
}

BOOST_AUTO_TEST_CASE(the_environment_says_where_the_system_keeps_its_cas_and_flags_come_on_top) {
  const auto read = request(with({"--ca-cert", "b.pem"}), {{"SSL_CERT_FILE", "a.pem"}, {"SSL_CERT_DIR", "certs"}});
  BOOST_TEST(read.network.trust.system_file == "a.pem");
  BOOST_TEST(read.network.trust.system_directory == "certs");
  BOOST_TEST(read.network.trust.ca_files == words{"b.pem"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(switching_checks_off_is_said_aloud) {
  BOOST_REQUIRE(request(with({"--insecure-skip-verify"})).notes.size() == 1u);
  BOOST_TEST(contains(request(with({"--insecure-skip-verify"})).notes[0], "NOT CHECKED"));
}

BOOST_AUTO_TEST_CASE(colour_ends_with_no_color_and_with_a_dumb_terminal) {
  BOOST_CHECK(request(minimal, {{"NO_COLOR", "1"}}).talk.colour == colour::off);
  BOOST_CHECK(request(minimal, {{"TERM", "dumb"}}).talk.colour == colour::off);
  BOOST_TEST(request(minimal, {{"TERM", "dumb"}}).talk.dumb_terminal);
}

BOOST_AUTO_TEST_CASE(plain_http_to_others_needs_its_flag) {
  const words args{"copy", "a/b", "http://h.example/c/d"};
  BOOST_TEST(contains(refusal(args), "refusing plain http"));
  BOOST_TEST(refusal({"copy", "a/b", "http://h.example/c/d", "--allow-http"}) == "accepted");
}

BOOST_AUTO_TEST_CASE(no_refusal_repeats_a_secret) {
  const environment env{{"HF_TOKEN", "hf_canary"}, {"TARGET_TOKEN", "canary"}};
  for (const words& args :
       {words{"copy", "https://u:canary@h", "https://u:canary@h/a"}, words{"https://u:canary@h/a"},
        words{"copy", "a/b", "https://u:canary@h.example/c", "https://u:canary@h.example/d"}, words{"--token=canary"},
        words{"copy", "a/b", "http://u:canary@h.example/c"}, words{"copy", "a/b", "--timeout", "https://u:canary@h"},
        words{"--transfers", "hf_canary", "-s", "a/b"}, words{"--format", "hf_canary"},
        words{"--max-buffer-memory", "https://u:canary@h"}}) {
    BOOST_TEST_CONTEXT(args.back()) {
      BOOST_TEST(refusal(args, env) != "accepted");
      BOOST_TEST(!contains(refusal(args, env), "canary"), refusal(args, env));
    }
  }
  BOOST_TEST(!contains(refusal(minimal, {{"HTTPS_PROXY", "http://u:canary@"}}), "canary"));
}

const std::string two_jobs =
    "defaults: {lfs: all, retries: 3}\n"
    "jobs:\n"
    "  - {source: a/b, target: 'https://h.example/a/b'}\n"
    "  - {source: c/d, target: 'https://h.example/c/d', retries: 5, credential: {target: OTHER_TOKEN}}\n";

sync_request jobs(const words& args, const environment& env = {}, const std::string& text = two_jobs) {
  return std::get<sync_request>(parse(args, env, {{"jobs.yaml", text}}).value());
}

std::string jobs_refusal(const std::string& text, const words& more = {}, const environment& env = {}) {
  words args{"sync", "-f", "jobs.yaml"};
  args.insert(args.end(), more.begin(), more.end());
  const auto parsed = parse(args, env, {{"jobs.yaml", text}});
  if (parsed) return "accepted";
  const auto& why = parsed.error();
  std::string said = why.what() + " | " + std::string(why.hint());
  for (const auto& frame : why.where()) said += " | " + frame;
  return said;
}

BOOST_AUTO_TEST_CASE(a_jobs_file_may_stand_as_a_word) {
  BOOST_TEST(jobs({"sync", "jobs.yaml"}, {{"OTHER_TOKEN", "t"}}).jobs.size() == 2u);
  BOOST_TEST(contains(refusal({"sync"}), "no jobs file is given"));
  BOOST_TEST(contains(refusal({"sync", "a", "b"}), "a jobs file is all that sync takes"));
  BOOST_TEST(contains(refusal({"sync", "a", "-f", "b"}), "given twice"));
  BOOST_TEST(contains(refusal({"sync", "-f", "absent.yaml"}), "absent.yaml"));
}

BOOST_AUTO_TEST_CASE(the_command_line_wins_over_the_job_over_the_defaults_over_the_environment) {
  const environment env{
      {"OTHER_TOKEN", "t"}, {"HFPIPE_RETRIES", "9"}, {"HFPIPE_TRANSFERS", "6"}, {"HFPIPE_LFS", "none"}};
  const auto plain = jobs({"sync", "-f", "jobs.yaml"}, env);
  BOOST_TEST(plain.jobs[0].request.transfer.retries.retries == 3u);
  BOOST_TEST(plain.jobs[1].request.transfer.retries.retries == 5u);
  BOOST_TEST(plain.jobs[0].request.transfer.transfers == 6u);
  BOOST_CHECK(plain.jobs[0].request.transfer.lfs == lfs_mode::all);
  const auto told = jobs({"sync", "-f", "jobs.yaml", "--retries", "1", "--dry-run"}, env);
  BOOST_TEST(told.jobs[1].request.transfer.retries.retries == 1u);
  BOOST_CHECK(told.jobs[1].request.transfer.mode == run_mode::dry_run);
}

BOOST_AUTO_TEST_CASE(a_job_s_credential_comes_from_the_variable_it_names) {
  const auto read = jobs({"sync", "-f", "jobs.yaml"}, {{"TARGET_TOKEN", "usual"}, {"OTHER_TOKEN", "its-own"}});
  BOOST_TEST_REQUIRE(read.jobs[0].request.target_login.has_value());
  BOOST_CHECK(read.jobs[0].request.target_login->password == secret("usual"));
  BOOST_CHECK(read.jobs[1].request.target_login->password == secret("its-own"));
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_not_set_is_named_with_its_place) {
  const auto said = jobs_refusal(two_jobs);
  BOOST_TEST(contains(said, "credential.target: the variable OTHER_TOKEN is not set"), said);
  BOOST_TEST(contains(said, "jobs.yaml:4:"), said);
  BOOST_TEST(contains(said, "the job 'c/d'"), said);
}

BOOST_AUTO_TEST_CASE(jobs_share_the_memory) {
  const environment env{{"OTHER_TOKEN", "t"}};
  const auto both = jobs({"sync", "-f", "jobs.yaml", "--max-buffer-memory", "64MiB"}, env);
  BOOST_TEST(both.at_once == 2u);
  BOOST_CHECK(both.jobs[0].request.transfer.buffer_memory == 32_MiB);
  const auto one = jobs({"sync", "-f", "jobs.yaml", "--max-buffer-memory", "64MiB", "--jobs", "1"}, env);
  BOOST_CHECK(one.jobs[0].request.transfer.buffer_memory == 64_MiB);
  // As many as the memory is enough for, where nobody says how many.
  BOOST_TEST(jobs({"sync", "-f", "jobs.yaml", "--max-buffer-memory", "16MiB"}, env).at_once == 1u);
  BOOST_TEST(jobs({"sync", "-f", "jobs.yaml", "--jobs", "40", "--max-buffer-memory", "1GiB"}, env).at_once == 2u);
  const auto said = jobs_refusal(two_jobs, {"--jobs", "2", "--max-buffer-memory", "16MiB"}, env);
  BOOST_TEST(contains(said, "--jobs: that many jobs at once need 32"), said);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_job_is_told_with_its_place) {
  const auto said = jobs_refusal("jobs:\n  - {source: a/b, target: 'http://h.example/a/b', transfers: many}");
  BOOST_TEST(contains(said, "jobs.yaml:2:"), said);
  BOOST_TEST(contains(jobs_refusal("jobs: [{source: a/b, target: 'https://h.example/x', transfers: many}]"),
                      ": transfers: 'many' is not a number"));
}

BOOST_AUTO_TEST_CASE(two_jobs_for_the_same_refs_are_refused) {
  const auto pair = [](const std::string& one, const std::string& other) {
    return jobs_refusal("jobs:\n- {source: a/b, target: 'https://h.example/x'" + one +
                        "}\n- {source: c/d, target: 'https://h.example/x.git'" + other + "}\n");
  };
  BOOST_TEST(contains(pair("", ""), "the jobs 'a/b' and 'c/d' write to the same target"));
  BOOST_TEST(contains(pair(", refs: refs/heads/a", ""), "same target"));
  BOOST_TEST(contains(pair(", refs: refs/heads/a", ", refs: refs/heads/b, mirror: true"), "same target"));
  BOOST_TEST(pair(", refs: refs/heads/a", ", refs: refs/heads/b") == "accepted");
}

BOOST_AUTO_TEST_CASE(one_limit_holds_for_all_jobs) {
  const environment env{{"OTHER_TOKEN", "t"}};
  const auto read = jobs({"sync", "-f", "jobs.yaml", "--bwlimit", "30MiB", "--tpslimit", "0.5"}, env);
  BOOST_CHECK(read.rates.bytes == 30_MiB);
  BOOST_CHECK(read.rates.requests == 0.5);
  const auto said = jobs_refusal("jobs: [{source: a/b, target: 'https://h.example/x', bwlimit: 1MiB}]");
  BOOST_TEST(contains(said, "bwlimit"), said);
}

BOOST_AUTO_TEST_CASE(rates_are_bytes_and_requests_a_second_or_off) {
  BOOST_CHECK(!request(minimal).rates.bytes);
  BOOST_CHECK(!request(minimal).rates.requests);
  BOOST_CHECK(request(with({"--bwlimit", "30MiB"})).rates.bytes == 30_MiB);
  BOOST_CHECK(request(with({"--bwlimit", "1MB/s"})).rates.bytes == byte_count(1'000'000));
  BOOST_CHECK(request(with({"--tpslimit", "4"})).rates.requests == 4.0);
  const environment env{{"HFPIPE_BWLIMIT", "2MiB"}, {"HFPIPE_TPSLIMIT", "7"}};
  BOOST_CHECK(request(minimal, env).rates.bytes == 2_MiB);
  BOOST_CHECK(request(minimal, env).rates.requests == 7.0);
  BOOST_CHECK(!request(with({"--bwlimit", "off", "--tpslimit=off"}), env).rates.bytes);
  BOOST_CHECK(!request(with({"--bwlimit", "off", "--tpslimit=off"}), env).rates.requests);
  for (const char* wrong : {"fast", "10", "1MiB:2MiB", "-1", ""}) {
    BOOST_TEST(contains(refusal(with({"--bwlimit", wrong})), "--bwlimit: "), wrong);
  }
  for (const char* wrong : {"0", "-1", "4x", "nan", "1e9", ""}) {
    BOOST_TEST(contains(refusal(with({"--tpslimit", wrong})), "--tpslimit: "), wrong);
  }
}

BOOST_AUTO_TEST_CASE(a_bench_takes_any_ends_and_a_target_only_with_consent) {
  const auto bench = [](const words& args, const environment& env = {}) {
    return std::get<bench_request>(parse(args, env).value());
  };
  const auto alone = bench({"bench"});
  BOOST_TEST(!alone.source.has_value());
  BOOST_TEST(!alone.target.has_value());
  BOOST_CHECK(alone.seconds == 20s);

  const environment tokens{{"HF_TOKEN", "a"}, {"TARGET_TOKEN", "b"}};
  const auto source = bench({"bench", "o/n", "--seconds", "5", "-j", "3", "--threads", "2"}, tokens);
  BOOST_TEST(source.source->url.shown() == "https://huggingface.co/o/n");
  BOOST_TEST(source.source->credential.has_value());
  BOOST_CHECK(source.seconds == 5s);
  BOOST_TEST(source.transfer.transfers == 3u);
  BOOST_TEST(source.threads == 2u);

  const auto target = bench({"bench", "--target", "https://h.example/x", "--scratch"}, tokens);
  BOOST_TEST(!target.source.has_value());
  BOOST_TEST(target.target->url.shown() == "https://h.example/x");
  BOOST_TEST(target.target->credential.has_value());

  BOOST_TEST(contains(refusal({"bench", "o/n", "https://h.example/x"}), "add --scratch"));
  BOOST_TEST(contains(refusal({"bench", "o/n", "--scratch"}), "--scratch: has no effect without a TARGET"));
  BOOST_TEST(contains(refusal({"bench", "o/n@v1"}), "leave the revision out"));
  BOOST_TEST(contains(refusal({"bench", "--mirror"}), "--mirror has no meaning for hfpipe bench"));
  BOOST_TEST(contains(refusal(with({"--seconds", "5"})), "--seconds has no meaning for hfpipe copy"));
}

BOOST_AUTO_TEST_CASE(a_copy_is_told_that_jobs_are_sync_s) {
  BOOST_TEST(contains(refusal(with({"--keep-going"})), "--keep-going has no meaning for hfpipe copy"));
  BOOST_TEST(contains(refusal({"sync", "-f", "jobs.yaml", "--source", "a/b"}), "has no meaning for hfpipe sync"));
}

BOOST_AUTO_TEST_CASE(the_environment_makes_no_mirror_of_a_job) {
  const auto read = jobs({"sync", "-f", "jobs.yaml"}, {{"OTHER_TOKEN", "t"}, {"HFPIPE_USE_REMOTE_MIRROR", "1"}});
  BOOST_TEST(read.jobs.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_all_jobs_have_to_say_is_said_once) {
  const auto read = jobs({"sync", "-f", "jobs.yaml", "--insecure-skip-verify"}, {{"OTHER_TOKEN", "t"}});
  BOOST_TEST(std::count_if(read.notes.begin(), read.notes.end(), [](const std::string& note) {
               return note.starts_with("2 jobs: CERTIFICATES ARE NOT CHECKED");
             }) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

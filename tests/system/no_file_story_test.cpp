#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/copy_story.hpp"

// The kernel's witness that nothing is staged: every call that names a file, makes one without a name, or starts a
// program.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace no_file_story_test {

constexpr std::string_view watched_calls =
    "trace=%file,memfd_create,memfd_secret,shmget,ftruncate,fallocate,copy_file_range,sendfile,execve,execveat,fork,"
    "vfork";

bool strace_works() {
  try {
    return run_child({.arguments = {"strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"}}).exit_code == 0;
  } catch (const std::runtime_error&) {
    return false;
  }
}

// Calls that only look.
bool is_harmless(const std::string& call) {
  for (const std::string_view name : {"access", "faccessat", "faccessat2", "stat", "lstat", "newfstatat", "statx",
                                      "readlink", "readlinkat", "getcwd", "statfs", "getxattr"}) {
    if (call.starts_with(std::string(name) + "(")) return true;
  }
  if (!call.starts_with("openat(") && !call.starts_with("open(")) return false;
  for (const std::string_view flag : {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TMPFILE", "O_TRUNC"}) {
    if (call.find(flag) != std::string::npos) return false;
  }
  return true;
}

// The traced calls of hfpipe's, without the process ids in front, strace's own execve of it, signals and exits.
std::vector<std::string> calls_in(const std::filesystem::path& log) {
  std::vector<std::string> calls;
  std::ifstream in(log);
  for (std::string line; std::getline(in, line);) {
    const std::size_t start = line.find_first_not_of("0123456789 ");
    if (start == std::string::npos) continue;
    const std::string call = line.substr(start);
    const bool is_note = call.starts_with("+++") || call.starts_with("---") || call.starts_with("<...");
    if (!is_note) calls.push_back(call);
  }
  return calls;
}

}  // namespace no_file_story_test

BOOST_AUTO_TEST_SUITE(no_file_story_test)

BOOST_AUTO_TEST_CASE(a_copy_creates_and_writes_no_file_and_starts_no_program) {
  if (!strace_works()) {
    BOOST_TEST_MESSAGE("SKIPPED: strace cannot run here (not installed, or tracing is forbidden)");
    return;
  }
  copy_story story;
  story.commit_objects("main", "weights", 20, 100'000);
  story.original().add_history("main", 50);
  story.commit_generated("main", 32_MiB, 1);
  const temporary_folder here;
  const std::filesystem::path log = here.path() / "strace.log";
  child_command command = story.command({"--max-buffer-memory", "16MiB"});
  const std::vector<std::string> tracer{"strace",     "-f", "--seccomp-bpf",           "-o",
                                        log.string(), "-e", std::string(watched_calls)};
  command.arguments.insert(command.arguments.begin(), tracer.begin(), tracer.end());

  const copy_run run = story.run(std::move(command));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  std::vector<std::string> calls = calls_in(log);
  BOOST_TEST_REQUIRE(!calls.empty());
  BOOST_TEST(calls.front().starts_with("execve("), calls.front());
  calls.erase(calls.begin());
  // The witness was awake: it saw the CA file being read.
  BOOST_TEST(std::ranges::any_of(calls, [](const std::string& call) {
    return call.find(forge_process::ca_file().string()) != std::string::npos;
  }));
  for (const std::string& call : calls) BOOST_TEST(is_harmless(call), call);
}

BOOST_AUTO_TEST_SUITE_END()

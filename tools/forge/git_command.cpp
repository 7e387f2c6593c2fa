#include "tools/forge/git_command.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace hfpipe::forge {

namespace {

constexpr std::size_t words_limit = 4096;

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

pid_t spawn(std::vector<std::string> arguments, std::vector<std::string> settings, int output) {
  arguments.insert(arguments.begin(), "git");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  pid_t child = -1;
  const int error =
      ::posix_spawnp(&child, "git", &actions, &attributes, pointers_to(arguments).data(), pointers_to(settings).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? child : -1;
}

}  // namespace

command_result run_git(running_git& all, std::vector<std::string> arguments, std::vector<std::string> settings) {
  if (const char* path = std::getenv("PATH")) settings.push_back("PATH=" + std::string(path));
  for (const char* quiet : {"HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C"}) {
    settings.emplace_back(quiet);
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const open_file read_end(ends[0]);
  open_file write_end(ends[1]);
  const pid_t child = spawn(std::move(arguments), std::move(settings), write_end.descriptor());
  if (child < 0) return {};
  all.add(child);
  write_end = open_file(-1);
  command_result result;
  std::array<char, 1024> room{};
  for (;;) {
    const ssize_t got = ::read(read_end.descriptor(), room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (result.said.size() < words_limit) result.said.append(room.data(), static_cast<std::size_t>(got));
  }
  siginfo_t seen{};
  while (::waitid(P_PID, static_cast<id_t>(child), &seen, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  all.remove(child);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return result;
}

}  // namespace hfpipe::forge

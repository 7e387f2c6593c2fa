#include "tests/support/orphan_guard.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>

extern char** environ;

namespace hfpipe::testing {

namespace {

// Reads the list's changes until nobody can write any more: this process is gone, however it went.
constexpr const char* watch = R"(
groups=' '
while read -r change group; do
  case $change in
    add) groups="$groups$group " ;;
    drop) groups="${groups%% $group *} ${groups#* $group }" ;;
  esac
done
[ "$groups" = ' ' ] && exit
for signal in TERM KILL; do
  for group in $groups; do kill -s $signal -- "-$group"; done
  sleep 1
done
)";

/// Where the list's changes are written to. Closed by the system at our end, and by no child: they do not inherit it.
int start_watch() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  // Whoever waits for the end of our output must not wait for the shell.
  for (const int output : {STDOUT_FILENO, STDERR_FILENO}) {
    ::posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0);
  }
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  // What ends us from a terminal must not end it too.
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string shell = "sh", option = "-c", script = watch;
  std::array<char*, 4> arguments{shell.data(), option.data(), script.data(), nullptr};
  pid_t started = -1;
  const int error = ::posix_spawnp(&started, "sh", &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[0]);
  if (error != 0) throw std::runtime_error("no shell to watch over children");
  return ends[1];
}

void tell(const std::string& change, pid_t group) {
  static const int list = start_watch();
  const std::string line = change + ' ' + std::to_string(group) + '\n';  // short enough to arrive in one piece
  [[maybe_unused]] const ssize_t put =
      ::write(list, line.data(), line.size());  // a shell that was killed fails no test
}

}  // namespace

void guard_group(pid_t group) {
  tell("add", group);
}

void release_group(pid_t group) {
  tell("drop", group);
}

}  // namespace hfpipe::testing

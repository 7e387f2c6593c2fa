#include "tools/forge/git_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace hfpipe::forge {

namespace {

struct pipe_ends {
  open_file read;
  open_file write;
};

pipe_ends open_pipe() {
  std::array<int, 2> ends{};
  // Close-on-exec from the start: another thread's git must not inherit this one's pipe and keep it open.
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw failed(failure(errc::internal).at("pipe").detail(std::strerror(errno)));
#ifdef F_SETPIPE_SZ
  ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);  // fewer turns for large packs; a refusal changes nothing
#endif
  return {open_file(ends[0]), open_file(ends[1])};
}

pid_t spawn(int input, int output, std::vector<std::string>& environment) {
  std::vector<char*> variables;
  for (std::string& variable : environment) variables.push_back(variable.data());
  variables.push_back(nullptr);
  std::string program = "git";
  std::string command = "http-backend";
  std::array<char*, 3> arguments{program.data(), command.data(), nullptr};

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  // The forge's threads block signals and ignore SIGPIPE; git shall not.
  sigset_t none;
  ::sigemptyset(&none);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = -1;
  const int error = ::posix_spawnp(&child, "git", &actions, &attributes, arguments.data(), variables.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw failed(failure(errc::internal).at("git http-backend").detail(std::strerror(error)));
  return child;
}

}  // namespace

void running_git::add(pid_t group) {
  const std::lock_guard lock(guard_);
  groups_.insert(group);
}

void running_git::remove(pid_t group) {
  const std::lock_guard lock(guard_);
  groups_.erase(group);
}

void running_git::kill_all() {
  const std::lock_guard lock(guard_);
  for (const pid_t group : groups_) ::kill(-group, SIGKILL);
}

git_process::git_process(running_git& all, std::vector<std::string> environment) : all_(all) {
  pipe_ends in = open_pipe();
  pipe_ends out = open_pipe();
  child_ = spawn(in.read.descriptor(), out.write.descriptor(), environment);
  all_.add(child_);
  ::fcntl(in.write.descriptor(), F_SETFL, O_NONBLOCK);
  input_ = std::move(in.write);
  output_ = std::move(out.read);
}

git_process::~git_process() {
  if (child_ < 0) return;
  // Asked first, as a web server asks: git then takes its lock files with it, which would block the ref for ever.
  ::kill(-child_, SIGTERM);
  if (!ends_within(std::chrono::seconds(5))) ::kill(-child_, SIGKILL);
  wait();
}

bool git_process::ends_within(std::chrono::milliseconds patience) const {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (siginfo_t seen{}; std::chrono::steady_clock::now() < end;) {
    const int asked = ::waitid(P_PID, static_cast<id_t>(child_), &seen, WEXITED | WNOHANG | WNOWAIT);
    if (asked == 0 && seen.si_pid == child_) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

void git_process::wait() {
  close_input();
  // Seen to be dead but not reaped: until it leaves the list its number cannot mean another process.
  siginfo_t seen{};
  while (::waitid(P_PID, static_cast<id_t>(child_), &seen, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  all_.remove(child_);
  ::waitpid(child_, nullptr, 0);
  child_ = -1;
}

}  // namespace hfpipe::forge

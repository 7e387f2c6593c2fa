#include "tests/support/child_process.hpp"

#include "tests/support/orphan_guard.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace hfpipe::testing {

namespace {

struct pipe_ends {
  int read;
  int write;
};

pipe_ends open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return {ends[0], ends[1]};
}

void read_all(int from, std::string& into) {
  std::array<char, 65536> piece{};
  for (ssize_t got = 0; (got = ::read(from, piece.data(), piece.size())) > 0;) {
    into.append(piece.data(), static_cast<std::size_t>(got));
  }
  ::close(from);
}

void write_all(int to, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t put = ::write(to, text.data() + at, text.size() - at);
    if (put <= 0) break;  // the child does not want the rest
    at += static_cast<std::size_t>(put);
  }
  ::close(to);
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& changes) {
  std::map<std::string, std::string> merged;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) merged[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : changes) merged[name] = value;
  std::vector<std::string> lines;
  for (const auto& [name, value] : merged) {
    if (!changes.contains(name) || !value.empty()) lines.push_back(name + "=" + value);
  }
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& lines) {
  std::vector<char*> out;
  for (std::string& line : lines) out.push_back(line.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

child_process::child_process(child_command command) : command_(std::move(command)) {
  // A child that does not read its input must not kill the test.
  ::signal(SIGPIPE, SIG_IGN);
  start();
}

void child_process::start() {
  const pipe_ends in = open_pipe();
  const pipe_ends out = open_pipe();
  const pipe_ends err = open_pipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  if (!command_.folder.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, command_.folder.c_str());
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> environment = merged_environment(command_.environment);
  const int error = ::posix_spawnp(&pid_, command_.arguments.at(0).c_str(), &actions, &attributes,
                                   pointers(command_.arguments).data(), pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(in.read);
  ::close(out.write);
  ::close(err.write);
  if (error != 0) {
    pid_ = -1;
    for (const int ours : {in.write, out.read, err.read}) ::close(ours);
    throw std::runtime_error("cannot start " + command_.arguments[0] + ": " + std::strerror(error));
  }
  guard_group(pid_);
  writer_ = std::thread(write_all, in.write, std::cref(command_.input));
  out_reader_ = std::thread(read_all, out.read, std::ref(result_.out));
  err_reader_ = std::thread(read_all, err.read, std::ref(result_.err));
}

child_process::~child_process() {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  wait();
}

void child_process::send_signal(int number) const {
  ::kill(pid_, number);
}

bool child_process::has_ended() const {
  siginfo_t seen{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &seen, WEXITED | WNOHANG | WNOWAIT) == 0 && seen.si_pid == pid_;
}

child_result child_process::wait() {
  while (!has_ended()) {
    if (std::chrono::steady_clock::now() - start_ > command_.limit) {
      result_.timed_out = true;
      ::kill(-pid_, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  const auto wall = std::chrono::steady_clock::now() - start_;
  // What it left running would hold the pipes open.
  ::kill(-pid_, SIGKILL);
  release_group(pid_);
  int status = 0;
  rusage used{};
  ::wait4(pid_, &status, 0, &used);
  pid_ = -1;
  for (std::thread* end : {&writer_, &out_reader_, &err_reader_}) end->join();
  result_.wall = std::chrono::duration_cast<std::chrono::milliseconds>(wall);
  result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result_.peak_rss = byte_count(static_cast<std::uint64_t>(used.ru_maxrss) * 1024);
  return std::move(result_);
}

child_result run_child(child_command command) {
  return child_process(std::move(command)).wait();
}

}  // namespace hfpipe::testing

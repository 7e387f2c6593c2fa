#pragma once

#include <sys/types.h>

#include <chrono>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tools/forge/blob_store.hpp"

namespace hfpipe::forge {

/// The process groups of every git that runs now. May be called from any thread.
class running_git {
 public:
  void add(pid_t group);
  void remove(pid_t group);
  /// For the end of the forge: nothing it started stays behind.
  void kill_all();

 private:
  std::mutex guard_;
  std::set<pid_t> groups_;
};

/// One `git http-backend` with pipes to its standard input (non-blocking) and output, in a process group of its own.
/// The destructor kills the group and waits.
class git_process {
 public:
  /// Throws `failed` when it cannot be started.
  git_process(running_git& all, std::vector<std::string> environment);
  ~git_process();
  git_process(const git_process&) = delete;
  git_process& operator=(const git_process&) = delete;

  int input() const { return input_.descriptor(); }
  int output() const { return output_.descriptor(); }
  void close_input() { input_ = open_file(-1); }
  /// Waits for an end of its own; to be called after its output ended.
  void wait();

 private:
  bool ends_within(std::chrono::milliseconds patience) const;

  running_git& all_;
  open_file input_{-1};
  open_file output_{-1};
  pid_t child_ = -1;
};

}  // namespace hfpipe::forge

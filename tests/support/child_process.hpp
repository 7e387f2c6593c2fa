#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "protocol/byte_count.hpp"

namespace hfpipe::testing {

struct child_command {
  std::vector<std::string> arguments = {};              ///< the program first, looked up in PATH
  std::map<std::string, std::string> environment = {};  ///< on top of this process's own; an empty value removes
  std::filesystem::path folder = {};                    ///< where it runs; empty: here
  std::string input = {};                               ///< its standard input
  std::chrono::seconds limit{60};                       ///< then it and all it started are killed
};

struct child_result {
  int exit_code = -1;  ///< 128 + the signal, as a shell says it
  std::string out;
  std::string err;
  /// From wait4. Not below the peak of the process that started it, so that one must be small.
  byte_count peak_rss;
  bool timed_out = false;
  std::chrono::milliseconds wall{0};
};

/// A child in a process group of its own, its output read as it comes. The destructor kills the whole group, and where
/// this process is killed before that, tests/support/orphan_guard.hpp does.
class child_process {
 public:
  /// Throws std::runtime_error when it cannot be started.
  explicit child_process(child_command command);
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  pid_t pid() const { return pid_; }
  void send_signal(int number) const;
  /// Whether it has ended; wait() gives the result.
  bool has_ended() const;
  /// Waits for its end, at most until the command's limit since the start. To be called once.
  child_result wait();

 private:
  void start();

  child_command command_;
  pid_t pid_ = -1;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  child_result result_;
  std::thread writer_, out_reader_, err_reader_;
};

/// Runs to the end.
child_result run_child(child_command command);

}  // namespace hfpipe::testing

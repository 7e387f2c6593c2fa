#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "transports/task.hpp"

namespace hfpipe {

/// A thread with a loop of its own, for run_on().
class loop_thread {
 public:
  /// Throws std::system_error when the system has no thread left.
  loop_thread();
  ~loop_thread() { finish(); }
  loop_thread(const loop_thread&) = delete;
  loop_thread& operator=(const loop_thread&) = delete;

  asio::any_io_executor executor() { return loop_.get_executor(); }
  /// Runs what was posted before, drops what still waits, and joins the thread; nothing runs here afterwards. May be
  /// called again. The loop itself goes with this object, and that can take minutes where a name is being resolved:
  /// who has no time ends the process instead.
  void finish();

 private:
  void run();

  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  std::thread thread_;
};

}  // namespace hfpipe

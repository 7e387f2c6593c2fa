#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <vector>

#include "transports/task.hpp"

namespace hfpipe {

/// Tasks of one thread that wait for the same thing. Must outlive them.
class wake_list {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  wake_list() = default;
  wake_list(const wake_list&) = delete;
  wake_list& operator=(const wake_list&) = delete;

  /// Waits until wake() or `until`, whichever is first. Cancelled, it throws errc::cancelled.
  task<> wait(time_point until = time_point::max());
  /// Wakes all that wait now. They run later, so what they waited for is to be looked at again.
  void wake();
  bool empty() const { return waiting_.empty(); }

 private:
  std::vector<asio::steady_timer*> waiting_;
};

}  // namespace hfpipe

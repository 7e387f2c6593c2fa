#pragma once

#include <array>
#include <atomic>
#include <chrono>

#include "protocol/failure.hpp"
#include "transports/task.hpp"

// When one request hears "too many", the others must not find out for themselves: each would count against the same
// limit. The time is an argument.

namespace hfpipe {

/// Whether `why` is said to all of us and not to one request: 429, or a server that failed and names until when.
bool asks_all_to_wait(const failure& why);

/// Until when nothing new is asked of a side. May be asked and told from any thread.
class throttle {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// True when this holds the side back for longer than before. An unknown side is never held back.
  bool hold(side which, time_point until);
  /// How long a request to `which` has to wait at `now`; zero: it may go.
  duration wait_for(side which, time_point now) const;

 private:
  std::array<std::atomic<time_point>, 3> until_{};  // by side
};

}  // namespace hfpipe

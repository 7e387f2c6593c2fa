#pragma once

#include <chrono>
#include <cstdint>
#include <thread>

namespace hfpipe::bench {

/// What one connection may carry: so many bytes a second over its whole life, in either direction. Used by one thread.
class pace {
 public:
  /// 0 is no limit.
  explicit pace(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

  bool is_limited() const { return rate_ != 0; }
  /// Sleeps as long as `bytes` take. Time that a quiet connection did not use is lost, not saved up.
  void carry(std::uint64_t bytes) {
    if (rate_ == 0) return;
    const auto now = clock::now();
    if (due_ < now) due_ = now;
    due_ += std::chrono::nanoseconds(bytes * 1'000'000'000U / rate_);
    std::this_thread::sleep_until(due_);
  }

 private:
  using clock = std::chrono::steady_clock;
  std::uint64_t rate_;
  clock::time_point due_{};
};

}  // namespace hfpipe::bench

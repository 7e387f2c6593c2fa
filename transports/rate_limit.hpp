#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "transports/task.hpp"

namespace hfpipe {

/// Where a limit gets its time from: tests bring a clock that does not wait.
class waiting_clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~waiting_clock() = default;
  virtual time_point now() const { return std::chrono::steady_clock::now(); }
  virtual task<> sleep_for(duration span) { return hfpipe::sleep_for(span); }
};

/// So many units a second, or as many as come: one limit for all threads of a run. Whoever comes first passes first.
/// Everything may be called from any thread at any time; nothing locks.
class rate_limit {
 public:
  /// Absent: no limit. `clock` must outlive this; null: the system's.
  explicit rate_limit(std::optional<double> per_second = {}, waiting_clock* clock = nullptr);
  rate_limit(const rate_limit&) = delete;
  rate_limit& operator=(const rate_limit&) = delete;

  /// What is in force; absent: no limit.
  std::optional<double> per_second() const;
  /// Absent (or not above 0): no limit from now on. Who waits goes by the new rate within `notice`.
  void set_rate(std::optional<double> per_second);

  /// Waits until `amount` units may pass. Cancelled: throws errc::cancelled; its slot stays empty.
  task<> take(std::uint64_t amount);
  /// Units that passed or are about to, while there was no limit too.
  std::uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }

  waiting_clock::time_point now() const { return clock_->now(); }

  /// How long a change of the rate may take to reach who waits.
  static constexpr std::chrono::milliseconds notice{250};

 private:
  waiting_clock::time_point reserve(double per_second, std::uint64_t amount);

  waiting_clock own_clock_;
  waiting_clock* clock_;
  std::atomic<double> per_second_;             ///< 0: no limit
  std::atomic<duration::rep> taken_until_{0};  ///< the end of the last slot, in ticks of the clock
  std::atomic<std::uint32_t> changes_{0};      ///< a slot is good only while the rate stays
  std::atomic<std::uint64_t> taken_{0};
};

}  // namespace hfpipe

#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <type_traits>

#include "engine/events.hpp"
#include "engine/retry_plan.hpp"
#include "transports/task.hpp"

namespace hfpipe {

/// Carries out the retry plan of a run: tells, counts and waits. What it refers to must outlive it.
class patience {
 public:
  /// `retries` is counted up with every wait. `seed` spreads the waits of processes that failed at the same moment.
  patience(retry_policy policy, observer& watcher, std::uint64_t& retries, std::uint32_t seed)
      : policy_(policy), watcher_(watcher), retries_(retries), random_(seed) {}

  /// Waits before the next try of `what`, told as event::retrying. False at once: the plan gives up.
  /// `failures_so_far` counts this one. Cancelled: throws errc::cancelled.
  task<bool> wait(std::string what, unsigned failures_so_far, failure why);

  /// The same without a wait, for a try that is due at once; false when the retries are used up.
  bool at_once(std::string what, unsigned failures_so_far, failure why);

  /// Counts a retry that somebody else has told and waited for.
  void count_one() { ++retries_; }
  const retry_policy& policy() const { return policy_; }

  /// Runs `op`, a callable that gives a task, until it succeeds. Throws its last failure when the plan gives up.
  template <class Op>
  auto persist(std::string what, Op& op) -> std::invoke_result_t<Op&> {
    for (unsigned failures = 1;; ++failures) {
      std::optional<failure> broken;
      try {
        co_return co_await op();
      } catch (const failed& thrown) {
        if (thrown.why().code() == errc::cancelled) throw;  // a cancelled task may not wait once more
        broken = thrown.why();
      }
      const bool again = co_await wait(what, failures, *broken);
      if (!again) throw failed(std::move(*broken));
    }
  }

 private:
  retry_policy policy_;
  observer& watcher_;
  std::uint64_t& retries_;
  std::mt19937 random_;
};

}  // namespace hfpipe

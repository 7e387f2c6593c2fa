#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <type_traits>

#include "engine/events.hpp"
#include "engine/retry_plan.hpp"
#include "engine/throttle.hpp"
#include "transports/task.hpp"

namespace hfpipe {

/// Carries out the retry plan of a run: tells, counts and waits. A side that asks one of us to wait is left alone by
/// all who take their turn() here. What it refers to must outlive it.
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

  /// Counts a retry that somebody else tells and waits for.
  void heard(const event::retrying& elsewhere);

  /// Waits until `which` may be asked something new. Cancelled: throws errc::cancelled.
  task<> turn(side which);

  const retry_policy& policy() const { return policy_; }
  /// Until when each side asked to be left alone; may be read from any thread.
  const throttle& held_back() const { return held_back_; }

  /// Runs `op`, a callable that gives a task, until it succeeds. Throws its last failure when the plan gives up.
  template <class Op>
  auto persist(std::string what, Op& op) -> std::invoke_result_t<Op&> {
    return persist_by(policy_, std::move(what), op);
  }

  /// The same for the first question that a host is asked: one that cannot be reached at all is soon given up.
  template <class Op>
  auto persist_as_stranger(std::string what, Op& op) -> std::invoke_result_t<Op&> {
    retry_policy wary = policy_;
    wary.first_contact = true;
    return persist_by(wary, std::move(what), op);
  }

 private:
  template <class Op>
  auto persist_by(retry_policy policy, std::string what, Op& op) -> std::invoke_result_t<Op&> {
    for (unsigned failures = 1;; ++failures) {
      std::optional<failure> broken;
      try {
        co_return co_await op();
      } catch (const failed& thrown) {
        if (thrown.why().code() == errc::cancelled) throw;  // a cancelled task may not wait once more
        broken = thrown.why();
      }
      const bool again = co_await wait_by(policy, what, failures, *broken);
      if (!again) throw failed(std::move(*broken));
    }
  }

  task<bool> wait_by(retry_policy policy, std::string what, unsigned failures_so_far, failure why);
  void note(const failure& why, duration wait);

  retry_policy policy_;
  observer& watcher_;
  std::uint64_t& retries_;
  std::mt19937 random_;
  throttle held_back_;
};

}  // namespace hfpipe

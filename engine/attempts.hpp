#pragma once

#include <optional>
#include <random>
#include <string>

#include "engine/events.hpp"
#include "engine/retry_plan.hpp"
#include "transports/task.hpp"

namespace hfpipe {

/// Carries out what next_wait() decides, for steps that may simply be done again: listing, asking, fetching a pack.
/// Counts the retries of a run. Single-threaded.
class attempts {
 public:
  attempts(const retry_policy& policy, observer& watcher, std::uint64_t seed)
      : policy_(policy), watcher_(watcher), random_(seed) {}

  /// Awaits step() until it succeeds, waiting in between; throws its last failure when the plan gives up.
  /// `what` is a noun for the events. `step` is a callable without arguments that returns a task and outlives the call.
  template <class Step>
  auto run(std::string what, Step& step) -> decltype(step()) {
    for (unsigned failures = 0;;) {
      std::optional<failure> why;
      try {
        co_return co_await step();
      } catch (const failed& broken) {
        why = broken.why();
      }
      ++failures;
      const auto wait = wait_after(what, failures, *why);
      if (!wait) throw failed(*why);
      co_await sleep_for(*wait);
    }
  }

  /// How long to wait after this failure, told to the watcher; nothing: give up.
  std::optional<duration> wait_after(const std::string& what, unsigned failures_so_far, const failure& why) {
    const double jitter = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
    const auto wait = next_wait(policy_, failures_so_far, why, jitter);
    if (wait) {
      ++retries_;
      watcher_.on(event::retrying{what, failures_so_far, *wait, why});
    }
    return wait;
  }

  std::uint64_t retries() const { return retries_; }

 private:
  const retry_policy& policy_;
  observer& watcher_;
  std::mt19937_64 random_;
  std::uint64_t retries_ = 0;
};

}  // namespace hfpipe

#include "engine/patience.hpp"

namespace hfpipe {

task<bool> patience::wait(std::string what, unsigned failures_so_far, failure why) {
  const double jitter = std::uniform_real_distribution<double>()(random_);
  const std::optional<duration> span = next_wait(policy_, failures_so_far, why, jitter);
  if (!span) co_return false;
  ++retries_;
  watcher_.on(event::retrying{std::move(what), failures_so_far, *span, std::move(why)});
  co_await sleep_for(*span);
  co_return true;
}

bool patience::at_once(std::string what, unsigned failures_so_far, failure why) {
  if (failures_so_far > policy_.retries) return false;
  ++retries_;
  watcher_.on(event::retrying{std::move(what), failures_so_far, duration::zero(), std::move(why)});
  return true;
}

}  // namespace hfpipe

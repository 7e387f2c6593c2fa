#include "engine/patience.hpp"

namespace hfpipe {

task<bool> patience::wait(std::string what, unsigned failures_so_far, failure why) {
  return wait_by(policy_, std::move(what), failures_so_far, std::move(why));
}

task<bool> patience::wait_by(retry_policy policy, std::string what, unsigned failures_so_far, failure why) {
  const double jitter = std::uniform_real_distribution<double>()(random_);
  const std::optional<duration> span = next_wait(policy, failures_so_far, why, jitter);
  if (!span) co_return false;
  ++retries_;
  note(why, *span);
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

void patience::heard(const event::retrying& elsewhere) {
  ++retries_;
  note(elsewhere.why, elsewhere.wait);
}

task<> patience::turn(side which) {
  for (;;) {
    const duration wait = held_back_.wait_for(which, std::chrono::steady_clock::now());
    if (wait == duration::zero()) co_return;
    co_await sleep_for(wait);
  }
}

void patience::note(const failure& why, duration wait) {
  if (!asks_all_to_wait(why)) return;
  if (held_back_.hold(why.blamed(), std::chrono::steady_clock::now() + wait))
    watcher_.on(event::throttled{why.blamed(), wait});
}

}  // namespace hfpipe

#include "transports/rate_limit.hpp"

#include <algorithm>

#include "transports/rate_plan.hpp"

namespace hfpipe {

namespace {

double rate_or_none(std::optional<double> per_second) {
  return per_second && *per_second > 0 ? *per_second : 0;
}

}  // namespace

rate_limit::rate_limit(std::optional<double> per_second, waiting_clock* clock)
    : clock_(clock == nullptr ? &own_clock_ : clock), per_second_(rate_or_none(per_second)) {}

std::optional<double> rate_limit::per_second() const {
  const double rate = per_second_.load(std::memory_order_relaxed);
  if (rate > 0) return rate;
  return std::nullopt;
}

void rate_limit::set_rate(std::optional<double> per_second) {
  per_second_.store(rate_or_none(per_second));
  taken_until_.store(clock_->now().time_since_epoch().count());  // who waits asks again: nothing is owed any more
  changes_.fetch_add(1);
}

task<> rate_limit::take(std::uint64_t amount) {
  taken_.fetch_add(amount, std::memory_order_relaxed);
  for (;;) {
    const std::uint32_t seen = changes_.load();
    const double rate = per_second_.load();
    if (!(rate > 0)) co_return;
    const auto due = reserve(rate, amount);
    while (changes_.load() == seen) {
      const duration left = due - clock_->now();
      if (left <= duration::zero()) co_return;
      const duration nap = std::min<duration>(left, notice);
      co_await clock_->sleep_for(nap);
    }
  }
}

waiting_clock::time_point rate_limit::reserve(double per_second, std::uint64_t amount) {
  const auto now = clock_->now();
  auto until = taken_until_.load();
  for (;;) {
    const waiting_clock::time_point taken_until{duration(until)};
    const rate_slot slot = next_slot(per_second, static_cast<double>(amount), taken_until, now);
    if (taken_until_.compare_exchange_weak(until, slot.next.time_since_epoch().count())) return slot.due;
  }
}

}  // namespace hfpipe

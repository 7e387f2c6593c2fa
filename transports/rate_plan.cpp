#include "transports/rate_plan.hpp"

#include <algorithm>

namespace hfpipe {

rate_slot next_slot(double per_second, double amount, std::chrono::steady_clock::time_point taken_until,
                    std::chrono::steady_clock::time_point now) {
  const auto due = std::max<std::chrono::steady_clock::time_point>(taken_until, now - rate_slack);
  const std::chrono::duration<double> length(amount / per_second);
  return {due, due + std::chrono::duration_cast<duration>(length)};
}

std::size_t paced_piece(double per_second, std::size_t available) {
  const double span = per_second * std::chrono::duration<double>(paced_span).count();
  if (span >= static_cast<double>(available)) return available;
  return std::min(available, std::max(least_paced_piece, static_cast<std::size_t>(span)));
}

}  // namespace hfpipe

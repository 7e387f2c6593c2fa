#pragma once

#include <chrono>
#include <cstddef>

#include "transports/task.hpp"

// How a limit of so many units a second is kept: everything that passes has a slot of its own length on one line of
// time. Pure: the time is an argument.

namespace hfpipe {

/// When something may pass, and when what comes behind it may.
struct rate_slot {
  std::chrono::steady_clock::time_point due;
  std::chrono::steady_clock::time_point next;
};

/// What a limit that was not used up keeps for later: enough to make up for a timer that fires late, and no burst.
inline constexpr std::chrono::milliseconds rate_slack{100};

/// The slot of `amount` units that come at `now`, behind those that reach until `taken_until`.
/// Precondition: per_second > 0.
rate_slot next_slot(double per_second, double amount, std::chrono::steady_clock::time_point taken_until,
                    std::chrono::steady_clock::time_point now);

/// What passes at once of `available` bytes: 20 ms of the rate, so that a slow one trickles and all who share it get
/// their turn soon; but not less than what is worth a packet. Precondition: per_second > 0.
std::size_t paced_piece(double per_second, std::size_t available);

inline constexpr std::chrono::milliseconds paced_span{20};
/// A TLS record and a packet around it cost a fifth of this.
inline constexpr std::size_t least_paced_piece = 256;

}  // namespace hfpipe

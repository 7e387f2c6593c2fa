#pragma once

#include <chrono>

#include "protocol/failure.hpp"
#include "protocol/lfs/batch.hpp"
#include "transports/task.hpp"

// Links of a batch answer die: by the time they name, or without a word. Pure: the time is an argument.

namespace hfpipe {

/// When an answer came, by both clocks: ages are measured by the steady one, a server's dates are read by the other.
struct moment {
  std::chrono::steady_clock::time_point steady;
  std::chrono::system_clock::time_point wall;
  static moment now() { return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()}; }
};

/// A link that is about to die would die under way.
inline constexpr std::chrono::seconds expiry_margin{5};

/// How long a link without a date is believed in: GitLab's die after two hours and never say so, and a large object
/// needs some of that.
inline constexpr std::chrono::seconds undated_life = std::chrono::hours(1);

/// Whether `link` should be asked for again at `now` rather than used.
bool is_expired(const lfs::action& link, const moment& received, const moment& now);

/// Whether `why` is how a host answers a link that died: credentials refused. That space or bandwidth is used up
/// (507, 509) is errc::forbidden as well, but no fresh link changes it.
bool is_refused_link(const failure& why);

}  // namespace hfpipe

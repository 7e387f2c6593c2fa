#pragma once

#include <chrono>
#include <optional>

#include "protocol/failure.hpp"
#include "transports/task.hpp"

namespace hfpipe {

struct retry_policy {
  unsigned retries = 8;  ///< after the first try
  duration first_wait = std::chrono::seconds(1);
  duration longest_wait = std::chrono::seconds(30);
  duration longest_asked = std::chrono::minutes(5);  ///< a server that asks for more is not waited for
  bool first_contact = false;                        ///< nothing was heard of the host yet
};

/// A name that does not resolve and a port that nobody listens on are most often mistyped, until they have answered
/// once: whoever waits at the terminal is told within seconds. More than none, since a resolver may hiccup.
inline constexpr unsigned retries_at_first_contact = 3;

/// Whether an end answered with something else than was named (bytes, their number, their range), or finds the parts of
/// an upload wrong. Worth one more try on another link and connection, then believed.
bool is_wrong_answer(const failure& why);

/// How long to wait before the next try, or nothing: give up. A vanished ref is never asked for again: the run must
/// list and plan anew. Only transient causes are tried again, and a wrong
/// answer once. The wait doubles with each failure; `jitter` in [0, 1) spreads it over
/// its upper half; a server's own Retry-After wins when it is longer.
/// `failures_so_far` counts this one: 1 after the first try.
std::optional<duration> next_wait(const retry_policy& policy, unsigned failures_so_far, const failure& why,
                                  double jitter);

}  // namespace hfpipe

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace hfpipe::cli {

/// What more of would make a run faster.
enum class bottleneck { memory, source, target, both, limit };

/// How the relays together spent the last seconds: seconds of waiting a second, so up to one for each relay.
struct waiting_shares {
  double for_memory = 0;
  double for_source = 0;
  double for_target = 0;
  double for_limit = 0;
};

/// The side that the relays wait for at least twice as long as for the other; memory when more time goes into waiting
/// for it than into both; before all, the run's own limit when it keeps them longer than both sides do: raising it is
/// what would help. Nothing while `relays` is 0: nobody was asked.
std::optional<bottleneck> bottleneck_of(const waiting_shares& shares, std::size_t relays);

/// `source`, `target`, `memory`, `both`, `bwlimit`.
std::string_view to_text(bottleneck what);

/// Relays that wait for neither side longer than that part of their time run as fast as both.
inline constexpr double hardly_any_wait = 0.05;

}  // namespace hfpipe::cli

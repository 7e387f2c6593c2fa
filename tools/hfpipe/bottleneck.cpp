#include "tools/hfpipe/bottleneck.hpp"

#include <algorithm>

namespace hfpipe::cli {

std::optional<bottleneck> bottleneck_of(const waiting_shares& shares, std::size_t relays) {
  if (relays == 0) return std::nullopt;
  const bool is_held_back = shares.for_limit >= hardly_any_wait * static_cast<double>(relays);
  if (is_held_back && shares.for_limit > shares.for_source + shares.for_target) return bottleneck::limit;
  if (shares.for_memory > shares.for_source + shares.for_target) return bottleneck::memory;
  const auto [less, more] = std::minmax(shares.for_source, shares.for_target);
  if (more < hardly_any_wait * static_cast<double>(relays) || more < 2 * less) return bottleneck::both;
  return shares.for_source > shares.for_target ? bottleneck::source : bottleneck::target;
}

std::string_view to_text(bottleneck what) {
  switch (what) {
    case bottleneck::memory:
      return "memory";
    case bottleneck::source:
      return "source";
    case bottleneck::target:
      return "target";
    case bottleneck::limit:
      return "bwlimit";
    case bottleneck::both:
      break;
  }
  return "both";
}

}  // namespace hfpipe::cli

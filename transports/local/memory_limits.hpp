#pragma once

#include <string>

#include "protocol/byte_count.hpp"
#include "protocol/failure.hpp"

// What libgit2 and we hold for a repository on this machine is not leased piece by piece: it is known only when it is
// there. So it is bounded beforehand, by shares of --max-buffer-memory that stand beside the walker's and the kept
// pack's. The figures were measured (docs/architecture.md).

namespace hfpipe::local {

/// Of an object that is read: libgit2 holds it whole and maps the pack that it is in.
inline constexpr std::uint64_t cost_per_byte = 2;
/// Of each object that is listed for a pack; libgit2 needs less for each that it indexes, but then all are listed, to
/// see that nothing is lacking.
inline constexpr byte_count cost_per_listed{140};

struct memory_limits {
  byte_count list;    ///< of all that a fetch lists, or a push brings
  byte_count object;  ///< of one object as it is read
};

constexpr memory_limits limits_for(byte_count buffer_memory) {
  return {buffer_memory / 4, buffer_memory / 4};
}

/// Fails with errc::budget_exceeded where `needed` is above `limit`, which is a quarter of the ceiling; the hint names
/// a ceiling that is enough.
inline outcome<void> within_limit(byte_count needed, byte_count limit, const std::string& what) {
  if (needed <= limit) return {};
  return failure(errc::budget_exceeded)
      .detail(what + " would take " + to_text(needed) + " of memory, and " + to_text(limit) + " are set aside for it")
      .hint("give --max-buffer-memory " + std::to_string(needed.value() * 4 / (1U << 20) + 1) + "MiB");
}

}  // namespace hfpipe::local

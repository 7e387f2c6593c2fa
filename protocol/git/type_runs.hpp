#pragma once

#include <cstdint>
#include <deque>

#include "protocol/byte_count.hpp"
#include "protocol/git/pack_entry.hpp"

namespace hfpipe::git {

/// Which type each entry of a pack has. Packs are sorted by type, so it is kept as runs, eight bytes each.
class type_runs {
 public:
  /// From `limit` on nothing more is remembered: later offsets are unknown.
  explicit type_runs(byte_count limit) : most_(limit.as_size() / sizeof(std::uint64_t)) {}

  /// Precondition: offsets ascend and stay below 2^61, which no pack reaches.
  void add(std::uint64_t offset, object_type type);
  /// The type of the entry that begins at `offset`; not whether one does.
  object_type at(std::uint64_t offset) const;
  byte_count held() const { return byte_count(runs_.size() * sizeof(std::uint64_t)); }

 private:
  std::deque<std::uint64_t> runs_;  // the offset a run starts at, its type in the low three bits
  std::size_t most_;
  object_type last_ = object_type::unknown;
};

}  // namespace hfpipe::git

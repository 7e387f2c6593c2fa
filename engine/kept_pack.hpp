#pragma once

#include <memory>
#include <vector>

#include "engine/leased_buffer.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// A pack grows by this much at a time: little is wasted on a small pack, and little time on a large one.
inline constexpr byte_count kept_pack_block{256U << 10};

/// A pack that fits into memory, kept as it arrives so that it can be pushed, and pushed again.
class kept_pack {
 public:
  /// Holds at most `most` bytes, leased from `budget` (which must outlive it) as they come.
  kept_pack(byte_budget& budget, byte_count most) : budget_(budget), most_(most) {}

  /// Keeps all of `bytes`, or none and says false: above `most`, or the budget has no more. Never waits: a pack that
  /// does not fit is piped instead.
  bool append(std::span<const std::byte> bytes);

  byte_count size() const { return size_; }

  /// The whole pack from its first byte; may be called again. Precondition: nothing is appended while it is read.
  /// Lives: not longer than this.
  std::unique_ptr<chunk_source> read() const;

 private:
  bool make_room(std::uint64_t for_bytes);

  byte_budget& budget_;
  byte_count most_;
  byte_count size_;
  byte_count room_;                    // of all blocks
  std::vector<leased_buffer> blocks_;  // all full but the last ones
};

}  // namespace hfpipe

#pragma once

#include <vector>

#include "protocol/byte_count.hpp"
#include "protocol/oid.hpp"

namespace hfpipe {

/// Below this an object costs round trips, above it bandwidth: the two kinds run beside each other in lanes of their
/// own.
inline constexpr byte_count small_object_limit{1U << 20};

/// What a relay's two connections hold apart from its buffer: 200 KiB each for TLS records, read-ahead and headers.
inline constexpr byte_count connection_allowance{2 * (200U << 10)};
/// More does not make a fast line faster; less costs system calls.
inline constexpr byte_count largest_relay_buffer{1U << 20};
/// With less, a relay is not worth its two connections: rather run fewer.
inline constexpr byte_count smallest_relay_buffer{64U << 10};

/// The distinct objects of a run, in the order in which they are copied.
struct blob_plan {
  std::vector<lfs_object> large;  ///< largest first: the longest transfer must not begin last
  std::vector<lfs_object> small;  ///< in the order found
  byte_count bytes;               ///< of all

  std::size_t objects() const { return large.size() + small.size(); }
};

/// `found` names each object once.
blob_plan plan_blobs(std::vector<lfs_object> found);

/// How many relays run at once in each lane, and the largest buffer that one of them may lease.
struct relay_widths {
  unsigned large;
  byte_count large_buffer;
  unsigned small;
  byte_count small_buffer;
  bool operator==(const relay_widths&) const = default;
};

/// `transfers` large ones and twelve times as many small ones, each at least one; fewer where memory for them could not
/// be leased from half of `budget`, which is what pack and walker always leave (docs/architecture.md). Of that half,
/// large ones get up to three quarters.
relay_widths plan_widths(unsigned transfers, byte_count budget);

/// By how much each stream of an object beyond its first may widen the window: a sixteenth of `budget`, at most 8 MiB.
/// That is what a connection of 100 MB/s brings in 80 ms, about what the next request costs it.
byte_count stream_room(byte_count budget);

/// The buffer for an object of this size: one byte more than the object, so that the end or any excess is met in the
/// first filling, in whole pages; at most `largest`.
byte_count relay_buffer(byte_count object_size, byte_count largest);

}  // namespace hfpipe

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>

#include "protocol/byte_count.hpp"
#include "protocol/git/pack_entry.hpp"

namespace hfpipe::git {

/// An entry as the pack has it, still compressed: raw contents would take about twenty times the room.
struct kept_entry {
  std::uint64_t offset = 0;
  std::uint64_t base_offset = 0;  ///< delta_base::offset
  std::uint32_t inflated_size = 0;
  std::uint32_t result_size = 0;  ///< of the object: more than inflated_size where that is a delta's
  object_type type = object_type::unknown;
  delta_base base = delta_base::none;
  bool named = false;  ///< its oid is known

  std::span<const std::byte> zlib_stream() const { return stored().subspan(oid_size); }
  /// Precondition: base == delta_base::oid.
  git_oid base_oid() const { return git_oid::from_raw(stored().first(oid_size)); }

 private:
  friend class kept_entries;
  std::span<const std::byte> stored() const { return {block.get(), stored_size}; }

  std::uint8_t oid_size = 0;
  std::uint32_t stored_size = 0;
  std::unique_ptr<std::byte[]> block;  // the base's oid if there is one, then the zlib stream: one allocation
};

/// The small entries of a pack that later deltas may build on, by offset and, once named, by oid.
/// Pointers to entries live until the next add(), keep_only() or shrink_to().
class kept_entries {
 public:
  /// Keeps a copy of `zlib_stream`. Precondition: offsets ascend; both sizes are below 4 GiB.
  void add(std::uint64_t offset, const pack_entry& entry, object_type type, std::uint64_t result_size,
           std::span<const std::byte> zlib_stream);
  const kept_entry* find(std::uint64_t offset) const;
  const kept_entry* find(const git_oid& oid) const;
  /// Makes an entry known by its oid, and its type known.
  void name(const kept_entry& entry, const git_oid& oid, object_type type);
  /// The first entry at `offset` or after that has no name yet; null at the end.
  const kept_entry* next_unnamed(std::uint64_t offset) const;

  /// Lets go of what is certainly of another type.
  void keep_only(object_type type);
  /// When more than `limit` is held, lets go of the largest results first (to a KiB), of those the oldest first. Goes a
  /// sixteenth below the limit, so that the cost of looking at every entry is spread over many.
  void shrink_to(byte_count limit);
  /// Everything: bytes, bookkeeping, the allocator's overhead.
  byte_count held() const { return byte_count(held_ + names_.size() * name_cost); }

 private:
  static std::uint64_t cost_of(const kept_entry& entry);
  template <class Predicate>
  void let_go_if(Predicate goes);

  // A node with its hash, an oid of 33 bytes and an offset, a bucket's pointer, the allocator's own words.
  static constexpr std::uint64_t name_cost = 96;

  std::deque<kept_entry> entries_;  // by offset
  std::unordered_map<git_oid, std::uint64_t, oid_hash> names_;
  std::uint64_t held_ = 0;
};

}  // namespace hfpipe::git

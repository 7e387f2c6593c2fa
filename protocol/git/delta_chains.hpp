#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "protocol/git/kept_entries.hpp"
#include "protocol/inflater.hpp"

namespace hfpipe::git {

/// An object made from its base, its base's base and so on; or why that cannot be done.
struct rebuilt_object {
  enum class ending {
    whole,
    base_awaited,  ///< a base is named by an oid that has not been seen
    base_lost,     ///< a base was not kept, or the chain is beyond a bound
  };
  ending how = ending::base_lost;
  object_type type = object_type::unknown;  ///< known when whole
  std::span<const std::byte> content = {};  ///< lives until the next rebuild()
};

/// Rebuilds kept entries. Goes down the chain first, then up, one object at a time, so depth costs no stack and at most
/// one base, one delta and one result are in memory. Starts from the object rebuilt last where the chain meets it: git
/// writes the members of a chain one after the other.
class delta_chains {
 public:
  /// Git itself never makes a chain longer than 4095 (pack-objects --depth).
  static constexpr std::size_t depth_limit = 4096;

  /// `limit` bounds the sum of the objects and deltas of one chain.
  explicit delta_chains(byte_count limit) : limit_(limit) {}

  /// Allows so many more bytes of work. Without this bound, twenty bytes of a hostile pack could each time ask for a
  /// whole chain to be rebuilt.
  void allow(std::uint64_t work) { work_left_ += work; }
  /// Fails with errc::pack_corrupt: a delta does not fit its base.
  outcome<rebuilt_object> rebuild(const kept_entries& kept, inflater& zlib, std::uint64_t offset);
  byte_count held() const;

 private:
  /// What base_ holds: no entry begins at offset 0.
  struct held_object {
    std::uint64_t offset = 0;
    std::size_t size = 0;
    object_type type = object_type::unknown;
  };

  rebuilt_object::ending descend(const kept_entries& kept, std::uint64_t offset);
  outcome<void> ascend(inflater& zlib);

  byte_count limit_;
  std::uint64_t work_left_ = 0;
  std::vector<const kept_entry*> chain_;  // from the object down to what is no delta, or next to last_
  std::vector<std::byte> base_, delta_, result_;
  held_object last_;
};

}  // namespace hfpipe::git

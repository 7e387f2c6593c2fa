#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "protocol/byte_count.hpp"

namespace hfpipe::git {

/// Which deltas by offset stand on what, eight bytes each: enough to say afterwards what a chain is made of.
class delta_links {
 public:
  /// From `limit` on nothing more is remembered: a later delta then looks like one that stands on nothing.
  explicit delta_links(byte_count limit) : most_(limit.as_size() / sizeof(link)) {}

  /// Precondition: offsets ascend, base_offset < offset.
  void add(std::uint64_t offset, std::uint64_t base_offset);
  /// The offsets of `ends` and of all that they stand on, ascending, each once; nothing when they are more than `most`.
  std::optional<std::vector<std::uint64_t>> chains_of(std::vector<std::uint64_t> ends, std::size_t most) const;
  byte_count held() const { return byte_count(links_.size() * sizeof(link)); }

 private:
  struct link {
    std::uint32_t step;      // from the link before
    std::uint32_t distance;  // back to the base; 0: too far to be said
  };

  void append(link added);

  std::deque<link> links_;
  std::size_t most_;
  std::uint64_t last_ = 0;  // the last link's offset
};

}  // namespace hfpipe::git

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/git/pack_walker.hpp"
#include "protocol/oid.hpp"

namespace hfpipe::testing {

/// What a walk came to.
struct pack_walk {
  std::vector<lfs_object> found;
  outcome<git::pack_summary> end = failure();
  byte_count most_retained;
};

/// Walks `pack` in pieces of `piece` bytes, the first of `first` bytes.
pack_walk walk_pack(std::string_view pack, std::size_t piece, std::size_t first,
                    object_format format = object_format::sha1, git::walker_limits limits = {});
pack_walk walk_pack(std::string_view pack, object_format format = object_format::sha1, git::walker_limits limits = {});

/// An object unlike that of any other number.
lfs_object numbered_object(std::uint64_t number);
/// Its canonical pointer.
std::string pointer_to(const lfs_object& object);
/// Text that does not compress well; the same for the same seed.
std::string noise_text(std::size_t size, std::uint64_t seed);

}  // namespace hfpipe::testing

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/oid.hpp"

namespace hfpipe::lfs {

/// A blob of this size or more is never a pointer (git-lfs: blobSizeCutoff). A smaller one may be, wherever it stands:
/// git-lfs consults no .gitattributes when it scans history.
inline constexpr std::size_t pointer_cutoff = 1024;
/// The shortest pointer there is: version http://git-media.io/v/2, an oid, a size of one digit, no last line end.
inline constexpr std::size_t shortest_pointer = 114;

/// Reads a blob as git-lfs does, to the letter: what it takes for a pointer is one here, what it refuses is not.
/// The object named is the one on the LFS server, also when the pointer lists extensions.
std::optional<lfs_object> parse_pointer(std::string_view blob);
std::optional<lfs_object> parse_pointer(std::span<const std::byte> blob);

/// Whether there is an object to transfer: git-lfs neither stores nor asks for the one of size 0.
bool is_transferable(const lfs_object& object);

/// Whether a blob that begins with this byte can be a pointer: `version`, `ext-`, or white space, which is skipped.
bool may_begin_pointer(std::byte first);

}  // namespace hfpipe::lfs

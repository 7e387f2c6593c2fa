#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "protocol/oid.hpp"

namespace hfpipe::forge {

/// A blob that is computed, not stored: byte i is a function of the seed and i alone, so any range costs only itself
/// and 100 GiB need no disk.
struct generated_blob {
  std::uint64_t seed = 0;
  byte_count size;

  /// Writes the bytes from `offset` on. Precondition: offset + room.size() <= size. Several GB/s on one core.
  void fill(std::uint64_t offset, std::span<std::byte> room) const;
  /// Costs one pass over the whole stream.
  lfs_oid compute_oid() const;
};

/// The SHA-256 of `blob`, from the text file `cache` when it stands there, else computed and appended.
/// Lines: `SEED SIZE OID`. Throws `failed` when the file cannot be written.
lfs_oid cached_oid(const generated_blob& blob, const std::filesystem::path& cache);

/// `version https://git-lfs…`, the text a repository holds in place of the object.
std::string pointer_text(const lfs_object& object);

}  // namespace hfpipe::forge

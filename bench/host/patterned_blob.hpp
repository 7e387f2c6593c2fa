#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "protocol/oid.hpp"

namespace hfpipe::bench {

/// A blob that costs nothing to serve: its seed in eight bytes, then one block of noise over and over, so any piece of
/// it is a view. The block's length is a prime: no two pieces at round offsets are alike.
struct patterned_blob {
  std::uint64_t seed = 0;
  byte_count size;

  /// The bytes from `offset` on, as many as stand in one place, at least one. Precondition: offset < size.
  /// The view of the first bytes lives until this thread's next call, all others as long as the process.
  std::span<const std::byte> view(std::uint64_t offset) const;
  /// Costs one pass of SHA-256 over the whole blob.
  lfs_oid compute_oid() const;
};

/// The SHA-256 of `blob`, from the text file `cache` if a line `SEED SIZE OID` says it, else computed; what took long
/// is appended. Throws `failed` when the file cannot be written.
lfs_oid cached_oid(const patterned_blob& blob, const std::filesystem::path& cache);

}  // namespace hfpipe::bench

#pragma once

#include <cstdint>
#include <map>

#include "transports/endpoint.hpp"

namespace hfpipe {

/// Objects that are computed, not stored: a name, and the number that its bytes follow from.
class generated_objects {
 public:
  /// Two that were made with the same `seed` make the same objects.
  explicit generated_objects(std::uint64_t seed) : next_(seed) {}

  /// One more. Hashes all of it, with a pause for others after each 256 KiB.
  task<lfs_object> add(byte_count size);

  /// Nothing: it was not made here.
  std::optional<std::uint64_t> seed_of(const lfs_oid& oid) const;

 private:
  std::uint64_t next_;
  std::map<lfs_oid, std::uint64_t> seeds_;
};

/// Fills `room` with the bytes of an object from byte `from` on.
void generate(std::uint64_t seed, std::uint64_t from, std::span<std::byte> room);

/// A source that has exactly `objects`. They must outlive it, and nobody may add one while it is read.
class generated_source final : public blob_source {
 public:
  explicit generated_source(const generated_objects& objects) : objects_(objects) {}

  task<std::vector<lfs::batch_entry>> locate(std::vector<lfs_object> wanted) override;
  task<std::unique_ptr<byte_source>> open(const lfs::batch_entry& entry, byte_count from, connection_use use,
                                          std::optional<byte_count> until) override;

 private:
  const generated_objects& objects_;
};

}  // namespace hfpipe

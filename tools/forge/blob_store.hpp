#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "protocol/digest.hpp"
#include "protocol/oid.hpp"
#include "tools/forge/generated_blobs.hpp"

namespace hfpipe::forge {

/// An open file descriptor.
class open_file {
 public:
  explicit open_file(int descriptor) : descriptor_(descriptor) {}
  ~open_file();
  open_file(open_file&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  open_file& operator=(open_file&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// An object that can be served: its size and its bytes from any place.
class stored_blob {
 public:
  stored_blob(byte_count size, std::variant<open_file, generated_blob> bytes) : size_(size), bytes_(std::move(bytes)) {}

  byte_count size() const { return size_; }
  /// Precondition: offset + room.size() <= size(). Throws `failed` when the disk does not give them.
  void read(std::uint64_t offset, std::span<std::byte> room) const;

 private:
  byte_count size_;
  std::variant<open_file, generated_blob> bytes_;
};

class blob_store;

/// An object on its way in: hashed while it is written to a temporary file, which disappears unless keep() succeeds.
class incoming_blob {
 public:
  ~incoming_blob();
  incoming_blob(const incoming_blob&) = delete;
  incoming_blob& operator=(const incoming_blob&) = delete;

  void write(std::span<const std::byte> bytes);
  /// Makes the object visible if the bytes are the ones its oid names and, where a size was announced, as many.
  /// Fails with errc::digest_mismatch or size_mismatch; then nothing became visible.
  outcome<byte_count> keep(std::optional<byte_count> announced);

 private:
  friend class blob_store;
  incoming_blob(blob_store& store, std::filesystem::path repository, lfs_oid oid);

  blob_store& store_;
  std::filesystem::path repository_;
  lfs_oid oid_;
  std::filesystem::path temporary_;
  std::optional<open_file> file_;
  digest hash_ = digest::sha256();
  byte_count written_;
};

/// The LFS objects of every repository, in git-lfs's own layout `REPOSITORY/lfs/objects/aa/bb/OID`; generated ones are
/// one line in `REPOSITORY/lfs/generated/aa/bb/OID`. Every public function may be called from any thread.
class blob_store {
 public:
  enum class writes { keep, discard };
  explicit blob_store(writes mode = writes::keep) : mode_(mode) {}

  /// The size of the object if the repository has it, also when its bytes were discarded.
  std::optional<byte_count> find(const std::filesystem::path& repository, const lfs_oid& oid) const;
  /// Nothing when absent or discarded.
  std::optional<stored_blob> open(const std::filesystem::path& repository, const lfs_oid& oid) const;
  incoming_blob receive(const std::filesystem::path& repository, const lfs_oid& oid) {
    return incoming_blob(*this, repository, oid);
  }

 private:
  friend class incoming_blob;
  writes mode_;
  mutable std::mutex guard_;
  std::map<std::string, byte_count> discarded_;  // by repository and oid: stored as far as the API can tell
};

/// Where the object's file is or would be.
std::filesystem::path object_path(const std::filesystem::path& repository, const lfs_oid& oid);
/// Makes the repository have a generated object. Throws `failed` when the record cannot be written.
void register_generated(const std::filesystem::path& repository, const lfs_oid& oid, const generated_blob& blob);

}  // namespace hfpipe::forge

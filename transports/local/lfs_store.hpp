#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "protocol/digest.hpp"
#include "protocol/oid.hpp"

namespace hfpipe::local {

/// A file descriptor that closes itself.
class open_file {
 public:
  explicit open_file(int number) : number_(number) {}
  ~open_file();
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

/// The LFS objects of a repository on this machine, as git-lfs lays them out: objects/aa/bb/OID. All of it blocks.
class lfs_store {
 public:
  /// Of the repository at `folder`: `lfs` in its Git folder, or where lfs.storage says. Fails as open_repository().
  static lfs_store of_repository(const std::string& folder);

  std::filesystem::path file_of(const lfs_oid& oid) const;
  /// Whether it is there under its name and has the size; its bytes are not looked at.
  bool has(const lfs_object& object) const;
  const std::filesystem::path& folder() const { return folder_; }
  /// Removes what an earlier hfpipe that was killed left in tmp: files of its own that nobody has written to for
  /// stale_after. Fails never: what stays does no harm.
  void sweep() const;
  /// Longer than any clock of a run lets a stream be silent.
  static constexpr std::chrono::hours stale_after{1};

 private:
  explicit lfs_store(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

/// An object that is being written: in the store's own tmp, and seen under its name only when it is right.
/// Dropped before finish(), it leaves nothing.
class incoming_object {
 public:
  /// Fails with errc::file_failed.
  incoming_object(const lfs_store& into, lfs_object object);
  ~incoming_object();
  incoming_object(const incoming_object&) = delete;
  incoming_object& operator=(const incoming_object&) = delete;

  /// Fails with errc::file_failed, or errc::size_mismatch when it is more than the object.
  void append(std::span<const std::byte> piece);
  /// Syncs it and gives it its name. Fails with errc::digest_mismatch, size_mismatch, file_failed.
  void finish();

 private:
  const lfs_store& store_;
  lfs_object object_;
  std::filesystem::path path_;
  std::unique_ptr<open_file> file_;
  byte_count written_;
  digest sum_ = digest::sha256();
};

}  // namespace hfpipe::local

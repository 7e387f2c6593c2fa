#pragma once

#include <optional>
#include <string>

#include "transports/endpoint.hpp"
#include "transports/local/lfs_store.hpp"
#include "transports/local/worker.hpp"

namespace hfpipe::local {

/// The LFS objects of a repository on this machine, to read. What blocks runs on a thread of its own.
/// An object that is not there has error 404. Fails as open_repository(), and with errc::file_failed.
class local_blob_source final : public blob_source {
 public:
  explicit local_blob_source(std::string folder) : folder_(std::move(folder)) {}

  task<std::vector<lfs::batch_entry>> locate(std::vector<lfs_object> wanted) override;
  /// What it opens must not outlive it. Fails with errc::object_missing when locate() did not find it.
  task<std::unique_ptr<byte_source>> open(const lfs::batch_entry& entry, byte_count from,
                                          connection_use use = connection_use::any,
                                          std::optional<byte_count> until = {}) override;

 private:
  std::string folder_;
  std::optional<lfs_store> store_;  // touched by the worker alone
  worker disk_;
};

/// The same to write: an object is seen under its name only when it is stored, synced, and its SHA-256 is right.
class local_blob_target final : public blob_target {
 public:
  explicit local_blob_target(std::string folder) : folder_(std::move(folder)) {}

  task<std::vector<lfs::batch_entry>> missing(std::vector<lfs_object> wanted) override;
  task<> put(const lfs::batch_entry& entry, chunk_source& body, const std::function<void()>& sent) override;
  byte_count working_memory(const lfs::batch_entry&) const override { return {}; }

 private:
  std::string folder_;
  std::optional<lfs_store> store_;  // touched by the worker alone
  bool swept_ = false;
  worker disk_;
};

}  // namespace hfpipe::local

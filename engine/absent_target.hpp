#pragma once

#include "transports/endpoint.hpp"

// A repository that is not there yet, as a dry run sees it: without refs and objects. Writing to it, which a dry run
// does not, fails with errc::internal; opening an object with errc::object_missing.

namespace hfpipe {

class absent_target final : public git_target {
 public:
  task<target_listing> list(listed_refs what) override;
  task<> probe() override;
  task<git::push_report> push(std::vector<git::ref_command> commands, chunk_source* pack,
                              std::optional<byte_count> length) override;
};

class absent_blobs final : public blob_source {
 public:
  /// Each entry has an error as of a host that lacks the object.
  task<std::vector<lfs::batch_entry>> locate(std::vector<lfs_object> wanted) override;
  task<std::unique_ptr<byte_source>> open(const lfs::batch_entry& entry, byte_count from, connection_use use,
                                          std::optional<byte_count> until) override;
};

}  // namespace hfpipe

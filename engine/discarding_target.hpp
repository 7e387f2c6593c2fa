#pragma once

#include "transports/endpoint.hpp"

namespace hfpipe {

/// A target that lacks everything, and drops what it is given: what copies into it reads, and proves what it reads, as
/// fast as it can.
class discarding_target final : public blob_target {
 public:
  task<std::vector<lfs::batch_entry>> missing(std::vector<lfs_object> wanted) override;
  task<> put(const lfs::batch_entry& entry, chunk_source& body, const std::function<void()>& sent) override;
  byte_count working_memory(const lfs::batch_entry&) const override { return {}; }
};

}  // namespace hfpipe

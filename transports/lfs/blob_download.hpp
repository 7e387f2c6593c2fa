#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "transports/endpoint.hpp"
#include "transports/lfs/batch_client.hpp"

namespace hfpipe::lfs {

/// LFS objects of a host, by the batch API and the basic transfer. Its failures are blamed on `whose` host it is.
class blob_download : public blob_source {
 public:
  /// `client` must outlive this, and this the sources it opens.
  blob_download(net::http_client& client, repository_location repository, std::optional<http::credential> own,
                batch_options options = {}, side whose = side::source);

  task<std::vector<batch_entry>> locate(std::vector<lfs_object> wanted) override;

  /// Always asks for a range: the hub refuses an unranged GET above 50 GB.
  /// Fails with errc::object_missing when the entry's error says so (404, 410), bad_range_reply when another range
  /// begins than asked (one that ends early gives a stream of what it has), size_mismatch when the source has another
  /// size, and what net::failure_of makes of statuses. A 403 on a signed URL is errc::forbidden: locate() again, it may
  /// have expired. So is a 404 errc::not_found: the link is dead, which says nothing of the object. The source fails
  /// with errc::size_mismatch before it yields the last byte when another byte follows.
  task<std::unique_ptr<byte_source>> open(const batch_entry& entry, byte_count from,
                                          connection_use use = connection_use::any,
                                          std::optional<byte_count> until = {}) override;

 private:
  task<std::unique_ptr<byte_source>> request(const batch_entry& entry, byte_count from, byte_count until,
                                             connection_use use);

  net::http_client& client_;
  std::optional<http::credential> own_;
  batch_client batch_;
  side whose_;
};

}  // namespace hfpipe::lfs

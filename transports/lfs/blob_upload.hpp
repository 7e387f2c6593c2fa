#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "transports/endpoint.hpp"
#include "transports/lfs/batch_client.hpp"

namespace hfpipe::lfs {

struct upload_options {
  batch_options batch = {};
  duration finalise = std::chrono::minutes(15);     ///< from the last byte to the answer: object stores hash first
  duration verify_pause = std::chrono::seconds(1);  ///< between two tries to verify
};

/// Stores LFS objects at a host, by the batch API and the basic transfer. Its own failures are the target's; those of
/// the body keep their blame.
class blob_upload : public blob_target {
 public:
  /// `client` must outlive this.
  blob_upload(net::http_client& client, repository_location repository, std::optional<http::credential> own,
              upload_options options = {});

  task<std::vector<batch_entry>> missing(std::vector<lfs_object> wanted) override;

  /// The body goes out under the object's size as Content-Length, or chunked where the action demands it. A body that
  /// fails or is not exactly that long leaves the request unfinished and closes the connection.
  /// Fails with errc::object_refused (422; the target verified and does not have it), payload_too_large, and what
  /// net::failure_of makes of other statuses.
  task<> put(const batch_entry& entry, chunk_source& body, const std::function<void()>& sent) override;

 private:
  task<> store(const batch_entry& entry, chunk_source& body, const std::function<void()>& sent);
  task<> verify(const batch_entry& entry);
  task<> verify_once(const batch_entry& entry);

  net::http_client& client_;
  std::optional<http::credential> own_;
  upload_options options_;
  batch_client batch_;
};

}  // namespace hfpipe::lfs

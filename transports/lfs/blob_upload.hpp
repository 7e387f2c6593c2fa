#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "transports/endpoint.hpp"
#include "transports/lfs/batch_client.hpp"

namespace hfpipe::lfs {

struct upload_options {
  batch_options batch = {};
  duration finalise = std::chrono::minutes(15);  ///< from the last byte to the answer: object stores hash first
  /// Objects from this size on are uploaded in parts where the host wants that. Below it one request is always better,
  /// and no host needs more.
  byte_count parts_from = 16_MiB;
  /// The most that the links to one object's parts may take, while they are asked for and until it is stored.
  byte_count parts_memory = parts_reply_limit(byte_count(~0ULL)) * parts_reply_cost;
  duration verify_pause = std::chrono::seconds(1);  ///< between two tries to verify
};

/// Stores LFS objects at a host, by the batch API and the basic transfer, large ones in parts where the host prefers
/// it. Its own failures are the target's; those of the body keep their blame.
class blob_upload : public blob_target {
 public:
  /// `client` must outlive this.
  blob_upload(net::http_client& client, repository_location repository, std::optional<http::credential> own,
              upload_options options = {});

  task<std::vector<batch_entry>> missing(std::vector<lfs_object> wanted) override;

  /// The body goes out under the object's size as Content-Length, or chunked where the action demands it. A body that
  /// fails or is not exactly that long leaves the request unfinished and closes the connection.
  /// About a large object the host is asked once more just before, for its parts: their links are many and die young. A
  /// host that does not want parts of an object is not asked again about one of its size. An object that the host turns
  /// out to have by then is not sent, and `sent` is not called.
  /// Fails with errc::object_refused (422; the target verified and does not have it), payload_too_large,
  /// budget_exceeded (the links to its parts need more than options.parts_memory), and what net::failure_of makes of
  /// other statuses; in parts as store_in_parts().
  task<> put(const batch_entry& entry, chunk_source& body, const std::function<void()>& sent) override;

  /// Room for the links to the parts of an object that the host may want in parts.
  byte_count working_memory(const batch_entry& entry) const override;

 private:
  bool may_be_in_parts(const batch_entry& entry) const;
  byte_count parts_reply_room(byte_count size) const;
  task<batch_entry> how_to_store(const batch_entry& entry);
  task<> store(const batch_entry& entry, chunk_source& body, const std::function<void()>& sent);
  task<> verify(const batch_entry& entry);
  task<> verify_once(const batch_entry& entry);

  net::http_client& client_;
  std::optional<http::credential> own_;
  upload_options options_;
  batch_client batch_;
  byte_count whole_up_to_;  // an object of this size was not wanted in parts
};

}  // namespace hfpipe::lfs

#pragma once

#include <functional>

#include "protocol/lfs/multipart.hpp"
#include "transports/endpoint.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::lfs {

struct parts_terms {
  const http::credential* own = nullptr;         ///< for the calls of the host's own origin; must outlive the upload
  duration finalise = std::chrono::minutes(15);  ///< from a request's last byte to its answer
};

/// Stores `body` as `object` by `plan` (which has no obstacle): its parts in order from the one stream, none of them
/// ever whole in memory, and then its commit. `sent` is called when the last byte has left.
/// A body that fails or is not exactly the object leaves its part unfinished, and nothing is committed.
/// Fails with errc::upload_lost where the host forgot the upload or its links died under way, object_refused (422 of
/// the commit), bad_http_reply (a part of the hub's without an ETag) and what net::failure_of makes of other statuses.
/// Failed, it tells the host to forget the parts where the plan has a call for that; cancelled, it does not.
task<> store_in_parts(net::http_client& client, parts_terms terms, const lfs_object& object, const multipart_plan& plan,
                      chunk_source& body, const std::function<void()>& sent);

}  // namespace hfpipe::lfs

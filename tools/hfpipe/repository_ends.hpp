#pragma once

#include <memory>
#include <optional>

#include "protocol/http/credential.hpp"
#include "tools/hfpipe/options.hpp"
#include "transports/endpoint.hpp"
#include "transports/lfs/blob_upload.hpp"
#include "transports/net/http_client.hpp"
#include "transports/repository_location.hpp"

// The ends of a repository, wherever it is: what is on this machine needs no client. `client`
// must outlive them.

namespace hfpipe::cli {

std::unique_ptr<git_source> source_at(net::http_client& client, const repository_location& at,
                                      const std::optional<http::credential>& who, byte_count buffer_memory, side whose);
std::unique_ptr<git_target> target_at(net::http_client& client, const repository_location& at,
                                      const copy_request& request);
std::unique_ptr<blob_source> stored_at(net::http_client& client, const repository_location& at,
                                       const std::optional<http::credential>& who, side whose);
std::unique_ptr<blob_target> store_at(net::http_client& client, const repository_location& at,
                                      const std::optional<http::credential>& who, const lfs::upload_options& upload);

/// How objects are uploaded within this much memory.
lfs::upload_options upload_within(byte_count buffer_memory, duration finalize_timeout);

}  // namespace hfpipe::cli

#pragma once

#include <cstddef>
#include <span>

#include "protocol/failure.hpp"
#include "protocol/http/reply.hpp"

namespace hfpipe::net {

/// The whole header block. Redirects with signed URLs and policy headers reach 8 KiB in the wild; what is larger than
/// this would be a memory attack, not a header.
inline constexpr std::size_t header_block_limit = 64 * 1024;

struct received_head {
  http::reply_head head;
  bool keeps_alive = false;  ///< HTTP/1.1 without `Connection: close`
};

/// Where the header block at the start of `received` ends, or 0. `seen` bytes were looked at before.
std::size_t end_of_head(std::span<const std::byte> received, std::size_t seen);

/// Whether `received`, however short, can be the start of an HTTP/1.x reply.
bool may_be_reply(std::span<const std::byte> received);
/// What `received` says about the peer when it can be none.
failure no_reply(std::span<const std::byte> received);

/// Reads a complete header block, through its empty line. Fails with errc::bad_http_reply.
outcome<received_head> parse_head(std::span<const std::byte> block);

}  // namespace hfpipe::net

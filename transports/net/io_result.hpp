#pragma once

#include <cstddef>
#include <cstdint>

namespace hfpipe::net {

/// What one attempt without waiting came to.
enum class io_status : std::uint8_t {
  moved,        ///< bytes were moved; read: at least one
  would_block,  ///< nothing to be done until the socket is ready
  ended,        ///< read: the peer closed properly
  broken,       ///< the connection is of no more use; connection::why() tells
};

struct io_result {
  io_status status = io_status::would_block;
  std::size_t bytes = 0;
};

}  // namespace hfpipe::net

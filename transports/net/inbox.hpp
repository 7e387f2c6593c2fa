#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "transports/net/io_result.hpp"

namespace hfpipe::net {

/// Four full TLS records (16 KiB, 5 bytes before and 17 behind them in TLS 1.3) come in one recv().
inline constexpr std::size_t inbox_size = 4 * (16 * 1024 + 22);

/// Bytes that came from a socket before somebody asked for them: read here in large pieces, because TLS asks for five
/// bytes and then for a record. OpenSSL's own read-ahead moves all that is left of its buffer for every record.
/// Holds memory from the first byte that comes until the socket has no more, or until it is given back.
class inbox {
 public:
  /// `fd` is non-blocking and outlives this.
  explicit inbox(int fd) : fd_(fd) {}

  /// Moves what is here into `room`, as much as there is; from the socket if nothing is. ended and broken (errno says
  /// why, each time) only when all that came was taken.
  io_result take(std::span<std::byte> room);
  /// If nothing is here: the next byte takes memory anew.
  void give_back_memory();
  std::size_t held() const { return room_ ? inbox_size : 0; }

 private:
  io_result fill();
  io_result tell_break() const;

  int fd_;
  int broken_ = 0;  ///< errno of the socket's end: a socket tells it once, but who has taken something meets it again
  std::unique_ptr<std::byte[]> room_;  ///< inbox_size, or none
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace hfpipe::net

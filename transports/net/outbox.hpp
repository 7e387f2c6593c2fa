#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "transports/net/io_result.hpp"

namespace hfpipe::net {

/// Four full TLS records, nearly, leave in one send(). What fits into one packet of a loopback costs a twentieth less
/// than what needs two (bench/README.md).
inline constexpr std::size_t outbox_size = 64 * 1024 - 64;

/// Bytes on their way to a socket: collected here, so that records and chunk frames do not cost a system call each.
class outbox {
 public:
  /// Copies as much of `part` as there is room for, and answers how much.
  std::size_t append(std::span<const std::byte> part);
  /// Copies `part` if there is room for all of it.
  bool append_whole(std::span<const std::byte> part);
  bool empty() const { return begin_ == end_; }
  /// If it is empty: the next byte takes memory anew.
  void give_back_memory();
  std::size_t held() const { return room_.capacity(); }

  /// Sends what is here, with `more` behind it in the same system call. moved: all of the own bytes left, and of `more`
  /// as many as the result says; would_block: some stayed here. Never raises SIGPIPE.
  io_result flush(int fd, std::span<const std::byte> more = {});

 private:
  std::vector<std::byte> room_;  ///< grows to outbox_size when a body is sent
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace hfpipe::net

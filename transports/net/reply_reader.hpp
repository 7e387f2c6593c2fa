#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/http/body_framing.hpp"
#include "protocol/http/chunked.hpp"
#include "protocol/http/reply.hpp"
#include "transports/net/connection.hpp"
#include "transports/net/reply_head.hpp"

namespace hfpipe::net {

/// Reads one reply off a connection without ever waiting. Headers and chunk framing go through a buffer of its own;
/// the body goes from the connection straight into the caller's room. All functions throw `failed`:
/// errc::bad_http_reply, limit_exceeded, connection_lost.
class reply_reader {
 public:
  explicit reply_reader(std::string method) : method_(std::move(method)) {}

  /// Reads what is there. True: the final head is complete (1xx ones are skipped).
  bool read_head(connection& from);
  /// Precondition: read_head() returned true.
  const http::reply_head& head() const { return received_->head; }
  bool has_head() const { return received_.has_value(); }
  /// Whether anything at all has arrived.
  bool has_begun() const { return begun_; }
  /// Whether a part of a header block has arrived, so that the rest is due at once.
  bool is_inside_head() const { return !received_ && begin_ != end_; }

  /// Body bytes, 0 at the proper end, nothing when it takes waiting. `room` is not empty.
  std::optional<std::size_t> read_body(connection& from, std::span<std::byte> room);
  bool ended() const { return ended_; }
  /// Whether the connection may carry another request: the reply ended by its own framing, nothing follows it, and the
  /// server did not say it would close.
  bool leaves_open() const;

 private:
  std::span<const std::byte> buffered() const { return std::span(buffer_).subspan(begin_, end_ - begin_); }
  io_result fill(connection& from);
  void accept(received_head head);
  std::optional<std::size_t> read_sized(connection& from, std::span<std::byte> room);
  std::optional<std::size_t> read_chunked(connection& from, std::span<std::byte> room);
  std::optional<std::size_t> read_until_close(connection& from, std::span<std::byte> room);
  io_result read_data(connection& from, std::span<std::byte> room);

  std::string method_;
  std::vector<std::byte> buffer_;  ///< [begin_, end_) has arrived and is not used yet
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t looked_at_ = 0;  ///< of buffered(), in search of the end of the head
  std::size_t interim_ = 0;    ///< 1xx replies so far
  std::optional<received_head> received_;
  http::reply_framing framing_;
  byte_count left_;  ///< of a sized body
  http::chunked_decoder chunks_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace hfpipe::net

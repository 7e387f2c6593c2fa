#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "protocol/byte_count.hpp"
#include "protocol/failure.hpp"
#include "transports/net/inbox.hpp"
#include "transports/net/io_result.hpp"
#include "transports/net/outbox.hpp"
#include "transports/net/tls.hpp"
#include "transports/task.hpp"

namespace hfpipe::net {

/// The most a connection holds, sending and receiving at once: outbox and inbox, a record of OpenSSL's for each
/// direction while it is worked on, the buffer of a reply (16 KiB; 64 KiB only while a huge header block arrives),
/// OpenSSL's own state of about 20 KiB. One that moves bytes in one direction holds about 130 KiB (64 more where the
/// answer to an upload has begun early), one that rests its state.
inline constexpr byte_count connection_memory{200 * 1024};

/// One TCP connection, with TLS or without, over a non-blocking socket.
///
///   room of the caller  <-- SSL_read  <-- inbox (4 records)  <-- recv()  socket
///   bytes of the caller --> SSL_write --> outbox (64 KiB)    --> send()  socket
///
/// The *_now functions never wait; wait() is the only place that does. One user; not thread-safe.
class connection {
 public:
  explicit connection(asio::ip::tcp::socket connected);

  /// Puts TLS on it. Fails with errc::certificate_rejected, tls_failed, connection_lost, timed_out (at `end`).
  task<> handshake(const tls_context& context, const std::string& host, std::chrono::steady_clock::time_point end);

  /// Fills `room` (not empty) as far as bytes are there.
  io_result read_now(std::span<std::byte> room);
  /// Takes as much of `part` as goes without waiting; would_block: the socket must become writable first, then the same
  /// bytes be offered again. A taken byte may still be here until flush_now().
  io_result write_now(std::span<const std::byte> part);
  /// moved: nothing is left to send.
  io_result flush_now();
  /// Why the last result was `broken`.
  const failure& why() const { return why_; }

  enum class until { readable, writable, either };
  /// Waits for the socket. Fails with errc::timed_out after `limit`, with `clock` as the frame. Look for bytes with
  /// read_now() first: what TLS has read ahead does not make a socket readable.
  task<> wait(until what, duration limit, std::string clock);

  /// True once a megabyte was moved without waiting: then let_others_run(), or a fast peer keeps the thread to itself.
  bool owes_turn(std::size_t moved);
  task<> let_others_run();

  /// Whether it can carry another request: open, and nothing unasked has arrived.
  bool is_quiet();
  /// Gives back what only a busy connection needs.
  void give_back_memory() {
    in_.give_back_memory();
    out_.give_back_memory();
  }

 private:
  io_result broke();
  io_result encrypt_now(std::span<const std::byte> part);

  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  inbox in_;  ///< of TLS
  outbox out_;
  std::optional<tls_stream> tls_;  ///< after in_ and out_, which it uses
  failure why_{errc::connection_lost};
  std::size_t since_turn_ = 0;
};

/// `no byte for 30 s`: the frame of the idle clock.
std::string idle_clock(duration limit);

}  // namespace hfpipe::net

#pragma once

#include <openssl/ssl.h>
#include <cstdint>

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace hfpipe::forge {

using boost::system::error_code;

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// One accepted connection, plain or TLS, read and written by one thread with blocking calls.
/// Beast reads from it: it is a SyncReadStream. Writes of any size leave in batches of TLS records.
/// Throws boost::system::system_error when the peer is gone or silent for idle_limit.
class wire {
 public:
  /// Takes the socket; with `tls` does the server's handshake.
  wire(int socket, SSL_CTX* tls);
  ~wire();
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;

  template <class Buffers>
  std::size_t read_some(const Buffers& room, error_code& error) {
    for (auto at = boost::asio::buffer_sequence_begin(room); at != boost::asio::buffer_sequence_end(room); ++at) {
      const boost::asio::mutable_buffer first(*at);
      if (first.size() > 0) return read(std::span(static_cast<std::byte*>(first.data()), first.size()), error);
    }
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& room) {
    error_code error;
    const std::size_t got = read_some(room, error);
    if (error) throw boost::system::system_error(error);
    return got;
  }

  void write(std::span<const std::byte> bytes);
  /// What is written from now on suffers: after `cut_at` bytes the connection is cut and write() throws; the first
  /// thousand bytes leave at `rate` a second.
  void harm(std::optional<std::uint64_t> cut_at, std::optional<std::uint64_t> rate);
  /// Bytes that poll() on socket() does not know of.
  bool has_buffered_input() const { return tls_ && SSL_has_pending(tls_.get()) == 1; }
  int socket() const { return socket_; }
  /// Tells connections apart; 0 when the peer is gone.
  std::uint16_t peer_port() const;

  /// Neither sends nor minds what comes in until the peer closes or idle_limit is over.
  void wait_for_end();
  /// Ends both directions now, without TLS's goodbye: what was written before still arrives, nothing tells why.
  void cut();
  /// Says goodbye and reads what the peer still sends for a while, so that a reset does not destroy the answer.
  void close_politely();

 private:
  struct free_tls {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };
  std::size_t read(std::span<std::byte> room, error_code& error);
  void write_now(std::span<const std::byte> bytes);

  int socket_;
  std::unique_ptr<SSL, free_tls> tls_;
  std::optional<std::uint64_t> left_;  // until the cut
  std::optional<std::uint64_t> rate_;
  std::size_t dripping_ = 0;  // so many bytes at that rate
};

}  // namespace hfpipe::forge

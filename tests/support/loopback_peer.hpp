#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "protocol/http/url.hpp"
#include "tests/support/test_ca.hpp"

namespace hfpipe::testing {

/// A server for tests on 127.0.0.1, in a thread of its own, that does what it is told:
///
///   loopback_peer peer;
///   std::string asked;
///   peer.script([&](peer_link& c) {
///     asked = c.read_head();
///     c.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
///   });
///   ... use peer.url("/path") ...
///   peer.join();          // from here on `asked` may be looked at
///
/// Each accepted connection runs the next script and is closed when that returns. Connections beyond the last script
/// are closed at once. Destruction ends scripts that wait for something.

/// One accepted connection. Blocking calls, for use within a script. A peer that is gone ends the script.
class peer_link {
 public:
  /// A request's head through its empty line; empty when the client closed instead.
  std::string read_head();
  /// Exactly `count` bytes.
  std::string read(std::size_t count);
  /// A chunked body, unframed, through its last chunk.
  std::string read_chunked();
  /// Reads until the client closes, and answers how many bytes came.
  std::size_t read_to_end();
  /// Sends in pieces of `piece` bytes, each in a segment (and TLS record) of its own, a moment apart.
  void send(std::string_view bytes, std::size_t piece = 0);
  /// Ends with a TCP reset.
  void reset();
  /// Ends without a word: over TLS without its close_notify, too.
  void cut();
  /// Puts TLS on a connection that was plain so far (behind CONNECT).
  /// Past TLS, as somebody on the way could.
  void inject(std::string_view bytes);
  void start_tls(const test_identity& identity);
  /// What encrypts the connection, by OpenSSL's name for it.
  std::string cipher() const { return SSL_get_cipher_name(ssl_); }
  /// Leaves the connection open and silent until the client closes it.
  void stall() { read_to_end(); }

  ~peer_link();
  peer_link(const peer_link&) = delete;
  peer_link& operator=(const peer_link&) = delete;

 private:
  friend class loopback_peer;
  explicit peer_link(int fd) : fd_(fd) {}
  std::size_t receive(char* room, std::size_t size);
  void put(std::string_view bytes);
  bool more();

  int fd_;
  int tls_version_ = 0;  ///< the only one spoken, where set
  SSL* ssl_ = nullptr;
  std::string ahead_;  ///< received, not used yet
};

class loopback_peer {
 public:
  using step = std::function<void(peer_link&)>;

  /// Plain TCP.
  loopback_peer();
  /// TLS. `only_version` such as TLS1_1_VERSION restricts it.
  explicit loopback_peer(const test_identity& identity, int only_version = 0);
  ~loopback_peer();
  loopback_peer(const loopback_peer&) = delete;
  loopback_peer& operator=(const loopback_peer&) = delete;

  /// What the next connection without a script gets.
  void script(step next);
  /// A script for many connections alike.
  void script(std::size_t times, const step& each);

  std::uint16_t port() const { return port_; }
  /// `http://127.0.0.1:port/path`, https over TLS.
  http::url url(std::string_view path = "/", std::string_view host = "127.0.0.1") const;
  /// Waits until every script has run.
  void join();
  std::size_t connections() const { return connections_; }

 private:
  void listen();
  void serve();
  std::optional<test_identity> identity_;
  int only_version_ = 0;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex guard_;
  std::deque<step> scripts_;  ///< not run yet; under guard_
  std::size_t scripts_given_ = 0;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<std::size_t> scripts_run_ = 0;
  std::atomic<int> current_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace hfpipe::testing

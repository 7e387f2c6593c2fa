#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>

#include "protocol/failure.hpp"
#include "transports/net/http_client.hpp"
#include "transports/net/inbox.hpp"
#include "transports/net/io_result.hpp"
#include "transports/net/outbox.hpp"
#include "transports/net/trust_store.hpp"

// The one door to OpenSSL's TLS.

namespace hfpipe::net {

/// What all TLS connections of a client share: versions and trust.
class tls_context {
 public:
  /// `store` is what `trusted` names; null: it is loaded here.
  /// Fails as trust_store's constructor.
  explicit tls_context(const trust& trusted, std::shared_ptr<const trust_store> store = {});

  SSL_CTX* get() const { return context_.get(); }
  bool verifies() const { return verify_; }

 private:
  struct freed {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, freed> context_;
  bool verify_;
};

/// The client's side of TLS over a non-blocking socket. Never waits. What it receives comes from the inbox; what it
/// sends goes to the outbox, which the owner flushes. Lives shorter than both.
class tls_stream {
 public:
  /// `host` is what the certificate must name: a DNS name (also sent as SNI) or an IP address.
  tls_stream(const tls_context& context, const std::string& host, inbox& in, outbox& out);

  /// moved: done. would_block: flush the outbox, wait for bytes, call again. broken: why() is certificate_rejected or
  /// tls_failed, or connection_lost when the peer went away.
  io_result handshake_now();
  /// Fills `room` as far as bytes are there. broken: once all bytes before that were given, and then each time.
  io_result read_now(std::span<std::byte> room);
  /// Encrypts as much of `part` as the outbox takes. After would_block the same bytes must be offered again.
  io_result write_now(std::span<const std::byte> part);

  const failure& why() const { return why_; }

 private:
  struct freed {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  io_result broke(int error);

  std::unique_ptr<SSL, freed> ssl_;
  bool verify_;
  bool is_open_ = false;    ///< the handshake is done; after a fatal error OpenSSL itself says that it is not
  bool is_broken_ = false;  ///< read_now() has met why_
  failure why_{errc::connection_lost};
};

}  // namespace hfpipe::net

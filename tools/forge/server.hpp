#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "tools/forge/blob_store.hpp"
#include "tools/forge/site.hpp"

namespace hfpipe::forge {

struct free_tls_context {
  void operator()(SSL_CTX* held) const { SSL_CTX_free(held); }
};
using tls_context = std::unique_ptr<SSL_CTX, free_tls_context>;

/// Throws `failed` when the files are not a certificate and its key.
tls_context load_tls(const std::filesystem::path& certificate, const std::filesystem::path& key);

/// A socket that listens on 127.0.0.1.
class listener {
 public:
  /// Port 0 takes a free one. Throws `failed` when the port is taken.
  explicit listener(std::uint16_t port);
  std::uint16_t port() const { return port_; }
  int descriptor() const { return socket_.descriptor(); }
  /// For so long whoever connects is refused.
  void be_away(std::chrono::milliseconds time);

 private:
  open_file socket_;
  std::uint16_t port_ = 0;
};

/// `admin`: plain HTTP, the faults' own requests only, and never a fault.
enum class door { own, cdn, admin };

/// Accepts for ever, one thread a connection. `site` and `tls` outlive the process's last connection.
void accept_connections(site& site, listener& from, SSL_CTX* tls, door which);

}  // namespace hfpipe::forge

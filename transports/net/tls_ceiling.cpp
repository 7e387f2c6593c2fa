#include "transports/net/tls_ceiling.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>
#include <new>
#include <vector>

#include "protocol/digest.hpp"

namespace hfpipe::net {

namespace {

using clock = std::chrono::steady_clock;

/// What is decrypted at a time, and what goes to the hash in one call: as in a relay.
constexpr std::size_t batch = 4 << 20;
constexpr std::size_t piece = 512 << 10;

/// Without a certificate: who the other side is costs nothing per byte. AES-128-GCM is what both sides agree on where
/// the server leaves the choice.
constexpr const char* anonymous = "ADH-AES128-GCM-SHA256:@SECLEVEL=0";

struct freed {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

void require(bool holds) {
  if (!holds) throw failed(failure(errc::internal).detail("OpenSSL makes no connection to itself"));
}

std::unique_ptr<SSL, freed> end_of(const SSL_METHOD* method) {
  const std::unique_ptr<SSL_CTX, freed> context(SSL_CTX_new(method));
  if (!context) throw std::bad_alloc();
  require(SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION) == 1);
  require(SSL_CTX_set_cipher_list(context.get(), anonymous) == 1);
  SSL_CTX_set_dh_auto(context.get(), 1);
  std::unique_ptr<SSL, freed> made(SSL_new(context.get()));
  if (!made) throw std::bad_alloc();
  return made;
}

/// Two ends of one connection, joined by memory.
class looped_tls {
 public:
  looped_tls() : far_(end_of(TLS_server_method())), near_(end_of(TLS_client_method())) {
    BIO* const to_near = memory();
    BIO* const to_far = memory();
    require(BIO_up_ref(to_near) == 1 && BIO_up_ref(to_far) == 1);
    SSL_set_bio(far_.get(), to_far, to_near);
    SSL_set_bio(near_.get(), to_near, to_far);
    SSL_set_accept_state(far_.get());
    SSL_set_connect_state(near_.get());
    int left = 10;  // flights; it takes four
    while (SSL_do_handshake(near_.get()) + SSL_do_handshake(far_.get()) != 2) require(--left > 0);
    SSL_set0_wbio(near_.get(), BIO_new(BIO_s_null()));  // what is sent from here on is dropped
  }

  void far_writes(std::span<const std::byte> bytes) {
    std::size_t written = 0;
    require(SSL_write_ex(far_.get(), bytes.data(), bytes.size(), &written) == 1 && written == bytes.size());
  }
  /// Fills `room`, a record at a time.
  void near_reads(std::span<std::byte> room) {
    while (!room.empty()) {
      std::size_t got = 0;
      require(SSL_read_ex(near_.get(), room.data(), room.size(), &got) == 1);
      room = room.subspan(got);
    }
  }
  void near_writes(std::span<const std::byte> bytes) {
    std::size_t written = 0;
    require(SSL_write_ex(near_.get(), bytes.data(), bytes.size(), &written) == 1);
  }

 private:
  static BIO* memory() {
    BIO* const made = BIO_new(BIO_s_mem());
    if (made == nullptr) throw std::bad_alloc();
    return made;
  }

  std::unique_ptr<SSL, freed> far_, near_;
};

}  // namespace

task<tls_ceiling> measure_tls_ceiling(duration time) {
  looped_tls loop;
  digest hash = digest::sha256();
  const std::vector<std::byte> sent(batch, std::byte{0x5a});
  std::vector<std::byte> room(piece);
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  tls_ceiling seen;
  while (seen.took < time) {
    loop.far_writes(sent);
    const auto began = clock::now();
    for (std::size_t at = 0; at < batch; at += piece) {
      loop.near_reads(room);
      hash.update(room);
      loop.near_writes(room);
    }
    seen.took += clock::now() - began;
    seen.bytes += byte_count(batch);
    co_await asio::post(here, asio::use_awaitable);
    co_await stop_if_cancelled();
  }
  co_return seen;
}

}  // namespace hfpipe::net

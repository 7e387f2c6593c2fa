#include "transports/net/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace hfpipe::net {
namespace {

// ---- the BIOs: records come from the inbox and go to the outbox ----------------------------------------------------

int inbox_read(BIO* bio, char* bytes, std::size_t size, std::size_t* got) {
  auto& in = *static_cast<inbox*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  io_result came{io_status::broken, 0};
  try {
    came = in.take(std::as_writable_bytes(std::span(bytes, size)));
  } catch (const std::bad_alloc&) {  // must not fly through OpenSSL
    errno = ENOMEM;
  }
  *got = came.bytes;
  if (came.status == io_status::would_block) BIO_set_retry_read(bio);
  if (came.status == io_status::ended) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return came.status == io_status::moved ? 1 : 0;
}

long inbox_control(BIO* bio, int command, long, void*) {
  return command == BIO_CTRL_EOF && BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
}

BIO_METHOD* inbox_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "inbox");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read_ex(made, inbox_read);
    BIO_meth_set_ctrl(made, inbox_control);
    return made;
  }();
  return method;
}

int outbox_write(BIO* bio, const char* bytes, std::size_t size, std::size_t* written) {
  auto& out = *static_cast<outbox*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *written = 0;
  try {
    *written = out.append(std::as_bytes(std::span(bytes, size)));
  } catch (const std::bad_alloc&) {
    errno = ENOMEM;
    return 0;
  }
  if (*written != 0 || size == 0) return 1;
  BIO_set_retry_write(bio);
  return 0;
}

long outbox_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;  // the connection flushes, when a batch is complete
}

BIO_METHOD* outbox_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "outbox");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_write_ex(made, outbox_write);
    BIO_meth_set_ctrl(made, outbox_control);
    return made;
  }();
  return method;
}

// ---- TLS 1.3's suites ----------------------------------------------------------------------------------------------

/// The suites that are allowed here (by OpenSSL or the administrator's openssl.cnf), the first of them as the browsers
/// have it: 128 bits are enough, and cost a sixth less than 256.
void prefer_aes_128(SSL_CTX* context) {
  constexpr std::string_view preferred = "TLS_AES_128_GCM_SHA256";
  std::string suites;
  const STACK_OF(SSL_CIPHER)* const allowed = SSL_CTX_get_ciphers(context);
  for (int n = 0; n < sk_SSL_CIPHER_num(allowed); ++n) {
    const SSL_CIPHER* const each = sk_SSL_CIPHER_value(allowed, n);
    if (SSL_CIPHER_get_kx_nid(each) != NID_kx_any) continue;  // of TLS 1.2, whose suites name their key exchange
    const std::string_view name = SSL_CIPHER_standard_name(each);
    suites = name == preferred ? std::string(name) + ":" + suites : suites + std::string(name) + ":";
  }
  if (suites.empty()) return;
  suites.pop_back();
  SSL_CTX_set_ciphersuites(context, suites.c_str());  // the same ones: cannot fail
}

// ---- words ---------------------------------------------------------------------------------------------------------

std::string last_error() {
  std::string text = "unknown reason";
  while (const auto code = ERR_get_error()) {
    if (const char* reason = ERR_reason_error_string(code)) text = reason;
  }
  return text;
}

failure handshake_failure() {
  const int reason = ERR_GET_REASON(ERR_peek_error());
  failure why = failure(errc::tls_failed).detail(last_error());
  if (reason != SSL_R_WRONG_VERSION_NUMBER && reason != SSL_R_HTTP_REQUEST) return why;
  return std::move(why).hint("that port does not speak TLS: check its number, or write http:// if it speaks that");
}

failure certificate_failure(long verdict) {
  failure why = failure(errc::certificate_rejected).detail(X509_verify_cert_error_string(verdict));
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return std::move(why).hint("use a name that the certificate is for; something on the way may also be answering");
  }
  if (verdict == X509_V_ERR_CERT_HAS_EXPIRED || verdict == X509_V_ERR_CERT_NOT_YET_VALID) {
    return std::move(why).hint("check this machine's clock; if it is right, the server needs a new certificate");
  }
  return why;
}

}  // namespace

tls_context::tls_context(const trust& trusted, std::shared_ptr<const trust_store> store)
    : context_(SSL_CTX_new(TLS_client_method())), verify_(trusted.verify) {
  SSL_CTX* const context = get();
  if (context == nullptr) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // Buffers are given back when empty: an idle connection, and the quiet direction of a busy one, hold next to nothing.
  // (Not SSL_free_buffers(): CVE-2024-4741.)
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  prefer_aes_128(context);
  SSL_CTX_set_verify(context, verify_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (verify_) {
    if (!store) store = load_trust(trusted);
    SSL_CTX_set1_cert_store(context, store->get());  // keeps the store alive by itself
  }
  static constexpr std::array<unsigned char, 9> http11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context, http11.data(), http11.size());
}

tls_stream::tls_stream(const tls_context& context, const std::string& host, inbox& in, outbox& out)
    : ssl_(SSL_new(context.get())), verify_(context.verifies()) {
  BIO* const reading = BIO_new(inbox_method());
  BIO* const writing = BIO_new(outbox_method());
  if (!ssl_ || reading == nullptr || writing == nullptr) {
    BIO_free(reading);
    BIO_free(writing);
    throw std::bad_alloc();
  }
  BIO_set_data(reading, &in);
  BIO_set_init(reading, 1);
  BIO_set_data(writing, &out);
  BIO_set_init(writing, 1);
  SSL_set_bio(ssl_.get(), reading, writing);
  SSL_set_connect_state(ssl_.get());

  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  if (not_an_address) {
    SSL_set_tlsext_host_name(ssl_.get(), host.c_str());
    SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl_.get(), host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str());
  }
}

io_result tls_stream::broke(int error) {
  if (error == SSL_ERROR_SYSCALL && errno != 0) {
    why_ = failure(errc::connection_lost).detail(std::generic_category().message(errno));
  } else if (error == SSL_ERROR_SYSCALL || ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    why_ = failure(errc::connection_lost).detail("closed without a proper TLS end");
    if (!is_open_)
      why_ = std::move(why_).hint(
          "if that port does not speak TLS, write http://; if it does, run the same command again");
  } else if (!is_open_) {
    const long verdict = SSL_get_verify_result(ssl_.get());
    why_ = verify_ && verdict != X509_V_OK ? certificate_failure(verdict) : handshake_failure();
  } else {
    why_ = failure(errc::connection_lost).detail("TLS: " + last_error());
  }
  ERR_clear_error();
  return {io_status::broken, 0};
}

io_result tls_stream::handshake_now() {
  ERR_clear_error();
  errno = 0;
  const int done = SSL_do_handshake(ssl_.get());
  is_open_ = done == 1;
  if (is_open_) return {io_status::moved, 0};
  const int error = SSL_get_error(ssl_.get(), done);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return {io_status::would_block, 0};
  if (error != SSL_ERROR_ZERO_RETURN) return broke(error);
  why_ = failure(errc::tls_failed).detail("closed during the handshake");
  return {io_status::broken, 0};
}

// SSL_get_error() wants the thread's queue of errors empty before the call that fails: those before it that succeeded
// left it so.
io_result tls_stream::read_now(std::span<std::byte> room) {
  if (is_broken_) return {io_status::broken, 0};
  std::size_t filled = 0;
  ERR_clear_error();
  while (filled < room.size()) {
    errno = 0;
    std::size_t got = 0;
    const int done = SSL_read_ex(ssl_.get(), room.data() + filled, room.size() - filled, &got);
    filled += got;
    if (done == 1) continue;
    const int error = SSL_get_error(ssl_.get(), done);
    const bool waits = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    const bool ended = error == SSL_ERROR_ZERO_RETURN;
    if (!waits && !ended) {  // to be told now, or by the next call: OpenSSL says the reason once
      broke(error);
      is_broken_ = true;
    }
    if (filled != 0) break;
    return {waits ? io_status::would_block : ended ? io_status::ended : io_status::broken, 0};
  }
  return {io_status::moved, filled};
}

io_result tls_stream::write_now(std::span<const std::byte> part) {
  std::size_t taken = 0;
  ERR_clear_error();
  while (taken < part.size()) {
    errno = 0;
    std::size_t put = 0;
    const int done = SSL_write_ex(ssl_.get(), part.data() + taken, part.size() - taken, &put);
    taken += put;
    if (done == 1) continue;
    const int error = SSL_get_error(ssl_.get(), done);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return {io_status::would_block, taken};
    return broke(error);
  }
  return {io_status::moved, taken};
}

}  // namespace hfpipe::net

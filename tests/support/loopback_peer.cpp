#include "tests/support/loopback_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <stdexcept>

namespace hfpipe::testing {
namespace {

/// The client is gone: ends a script.
struct gone {};

template <class T, class Free>
std::unique_ptr<T, Free> held(T* made, Free free) {
  if (made == nullptr) throw std::runtime_error("loopback peer: OpenSSL");
  return {made, free};
}

SSL* make_tls(const test_identity& identity, int only_version, int fd) {
  const auto context = held(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (only_version != 0) {
    SSL_CTX_set_security_level(context.get(), 0);  // Debian forbids old versions otherwise
    SSL_CTX_set_min_proto_version(context.get(), only_version);
    SSL_CTX_set_max_proto_version(context.get(), only_version);
  }
  const auto certificate = held(BIO_new_mem_buf(identity.certificate.data(), -1), BIO_free);
  const auto key = held(BIO_new_mem_buf(identity.key.data(), -1), BIO_free);
  const auto x509 = held(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr), X509_free);
  const auto pkey = held(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), x509.get());
  SSL_CTX_use_PrivateKey(context.get(), pkey.get());
  SSL* ssl = SSL_new(context.get());
  SSL_set_fd(ssl, fd);
  return ssl;
}

}  // namespace

// ---- one connection ------------------------------------------------------------------------------------------------

peer_link::~peer_link() {
  if (ssl_ != nullptr) {
    if (fd_ >= 0) SSL_shutdown(ssl_);
    SSL_free(ssl_);
  }
  if (fd_ >= 0) ::close(fd_);
}

void peer_link::start_tls(const test_identity& identity) {
  ssl_ = make_tls(identity, tls_version_, fd_);
  if (SSL_accept(ssl_) != 1) {
    SSL_free(ssl_);
    ssl_ = nullptr;
    ERR_clear_error();
    throw gone{};
  }
}

std::size_t peer_link::receive(char* room, std::size_t size) {
  if (fd_ < 0) return 0;
  if (ssl_ != nullptr) {
    const int got = SSL_read(ssl_, room, static_cast<int>(size));
    ERR_clear_error();
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  const auto got = ::recv(fd_, room, size, 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

bool peer_link::more() {
  std::array<char, 65536> room;
  const auto got = receive(room.data(), room.size());
  ahead_.append(room.data(), got);
  return got != 0;
}

std::string peer_link::read_head() {
  while (true) {
    if (const auto end = ahead_.find("\r\n\r\n"); end != std::string::npos) {
      std::string head = ahead_.substr(0, end + 4);
      ahead_.erase(0, end + 4);
      return head;
    }
    if (!more()) return {};
  }
}

std::string peer_link::read(std::size_t count) {
  while (ahead_.size() < count) {
    if (!more()) throw gone{};
  }
  std::string bytes = ahead_.substr(0, count);
  ahead_.erase(0, count);
  return bytes;
}

std::string peer_link::read_chunked() {
  std::string body;
  while (true) {
    while (ahead_.find("\r\n") == std::string::npos) {
      if (!more()) throw gone{};
    }
    const auto line = read(ahead_.find("\r\n") + 2);
    const auto size = std::stoul(line, nullptr, 16);
    body += read(size);
    if (read(2) != "\r\n") throw std::runtime_error("loopback peer: a chunk without its line end");
    if (size == 0) return body;
  }
}

std::size_t peer_link::read_to_end() {
  std::size_t count = ahead_.size();
  ahead_.clear();
  std::array<char, 65536> room;
  while (const auto got = receive(room.data(), room.size())) count += got;
  return count;
}

void peer_link::put(std::string_view bytes) {
  while (!bytes.empty()) {
    if (fd_ < 0) throw gone{};
    std::ptrdiff_t sent = 0;
    if (ssl_ != nullptr) {
      sent = SSL_write(ssl_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
      ERR_clear_error();
    } else {
      sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    if (sent <= 0) throw gone{};
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void peer_link::send(std::string_view bytes, std::size_t piece) {
  if (piece == 0) return put(bytes);
  while (!bytes.empty()) {
    const auto now = bytes.substr(0, piece);
    put(now);
    bytes.remove_prefix(now.size());
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void peer_link::inject(std::string_view bytes) {
  if (::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) <= 0) throw gone{};
}

void peer_link::reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  cut();
}

void peer_link::cut() {
  ::close(fd_);
  fd_ = -1;
}

// ---- the server ----------------------------------------------------------------------------------------------------

void loopback_peer::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("loopback peer: cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

loopback_peer::loopback_peer() {
  listen();
}

loopback_peer::loopback_peer(const test_identity& identity, int only_version)
    : identity_(identity), only_version_(only_version) {
  listen();
}

void loopback_peer::script(step next) {
  script(1, next);
}

void loopback_peer::script(std::size_t times, const step& each) {
  const std::lock_guard lock(guard_);
  scripts_.insert(scripts_.end(), times, each);
  scripts_given_ += times;
}

loopback_peer::~loopback_peer() {
  stopping_ = true;
  if (const int fd = current_; fd >= 0) ::shutdown(fd, SHUT_RDWR);
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

http::url loopback_peer::url(std::string_view path, std::string_view host) const {
  const std::string scheme = identity_ ? "https://" : "http://";
  return http::url::parse(scheme + std::string(host) + ":" + std::to_string(port_) + std::string(path)).value();
}

void loopback_peer::join() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (scripts_run_ < scripts_given_) {
    BOOST_REQUIRE_MESSAGE(std::chrono::steady_clock::now() < end, "the loopback peer's scripts did not end in time");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void loopback_peer::serve() {
  // A broken pipe must be an error here, not the end of the test; the code under test looks after itself.
  sigset_t quiet;
  sigemptyset(&quiet);
  sigaddset(&quiet, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &quiet, nullptr);

  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      if (stopping_) return;
      continue;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections_;
    step next;
    {
      const std::lock_guard lock(guard_);
      if (!scripts_.empty()) {
        next = std::move(scripts_.front());
        scripts_.pop_front();
      }
    }
    if (!next) {
      ::close(fd);
      continue;
    }
    current_ = fd;
    if (stopping_) ::shutdown(fd, SHUT_RDWR);
    {
      peer_link link(fd);
      link.tls_version_ = only_version_;
      try {
        if (identity_) link.start_tls(*identity_);
        next(link);
      } catch (const gone&) {
      }
      current_ = -1;
    }
    ++scripts_run_;
  }
}

}  // namespace hfpipe::testing

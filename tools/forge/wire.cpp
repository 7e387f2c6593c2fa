#include "tools/forge/wire.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <chrono>
#include <climits>
#include <thread>

namespace hfpipe::forge {

namespace {

// Longer than any index-pack of the stories, short enough that a forgotten connection does not stay for ever.
constexpr timeval idle_limit{600, 0};
// How long a peer may go on sending a body that was already refused.
constexpr std::chrono::seconds linger_limit{5};
// Sixteen records of TLS leave in one system call.
constexpr int write_batch = 256 * 1024;
// A batch and what TLS adds to it.
constexpr int gather_size = write_batch + 8 * 1024;
// Of a dripping answer: its head, and the start of what follows.
constexpr std::size_t drip_size = 1000;

error_code last_error() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return boost::asio::error::timed_out;
  return {errno, boost::system::system_category()};
}

// Records gather in a buffer in front of the socket; write() flushes it.
void batch_writes(SSL* tls) {
  BIO* const gather = BIO_new(BIO_f_buffer());
  if (gather == nullptr) throw std::bad_alloc();
  BIO_set_write_buffer_size(gather, gather_size);
  BIO* const to_socket = SSL_get_wbio(tls);
  BIO_up_ref(to_socket);
  SSL_set0_wbio(tls, BIO_push(gather, to_socket));
}

}  // namespace

wire::wire(int socket, SSL_CTX* tls) : socket_(socket) {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &idle_limit, sizeof idle_limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &idle_limit, sizeof idle_limit);
  if (tls == nullptr) return;
  ERR_clear_error();
  tls_.reset(SSL_new(tls));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_) != 1 || SSL_accept(tls_.get()) != 1) {
    ::close(socket_);
    throw boost::system::system_error(boost::asio::error::connection_aborted);
  }
  batch_writes(tls_.get());
}

wire::~wire() {
  tls_.reset();
  ::close(socket_);
}

std::size_t wire::read(std::span<std::byte> room, error_code& error) {
  error = {};
  if (!tls_) {
    const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
    if (got > 0) return static_cast<std::size_t>(got);
    error = got == 0 ? error_code(boost::asio::error::eof) : last_error();
    return 0;
  }
  ERR_clear_error();
  std::size_t got = 0;
  if (SSL_read_ex(tls_.get(), room.data(), room.size(), &got) == 1) return got;
  error = boost::asio::error::eof;
  return 0;
}

std::uint16_t wire::peer_port() const {
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  return getpeername(socket_, reinterpret_cast<sockaddr*>(&peer), &size) == 0 ? ntohs(peer.sin_port) : 0;
}

void wire::harm(std::optional<std::uint64_t> cut_at, std::optional<std::uint64_t> rate) {
  left_ = cut_at;
  rate_ = rate;
  dripping_ = rate ? drip_size : 0;
}

void wire::write(std::span<const std::byte> bytes) {
  if (left_ && *left_ < bytes.size()) bytes = bytes.first(*left_);
  const bool is_last = left_ && *left_ == bytes.size();
  if (left_) *left_ -= bytes.size();
  while (dripping_ > 0 && !bytes.empty()) {
    // A twentieth of a second's worth at a time.
    const auto step = static_cast<std::size_t>(std::max<std::uint64_t>(1, *rate_ / 20));
    const auto part = bytes.first(std::min({step, bytes.size(), dripping_}));
    write_now(part);
    dripping_ -= part.size();
    std::this_thread::sleep_for(std::chrono::microseconds(part.size() * 1'000'000 / *rate_));
    bytes = bytes.subspan(part.size());
  }
  write_now(bytes);
  if (!is_last) return;
  cut();
  throw boost::system::system_error(boost::asio::error::connection_aborted);
}

void wire::write_now(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    if (tls_) {
      ERR_clear_error();
      const std::size_t batch = std::min<std::size_t>(bytes.size(), write_batch);
      if (SSL_write_ex(tls_.get(), bytes.data(), batch, &sent) != 1 || BIO_flush(SSL_get_wbio(tls_.get())) != 1) {
        throw boost::system::system_error(boost::asio::error::connection_reset);
      }
    } else {
      const ssize_t got = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (got < 0) throw boost::system::system_error(last_error());
      sent = static_cast<std::size_t>(got);
    }
    bytes = bytes.subspan(sent);
  }
}

void wire::wait_for_end() {
  pollfd peer{socket_, POLLRDHUP, 0};
  ::poll(&peer, 1, static_cast<int>(idle_limit.tv_sec) * 1000);
}

void wire::cut() {
  ::shutdown(socket_, SHUT_RDWR);
}

void wire::close_politely() {
  if (tls_) {
    SSL_shutdown(tls_.get());
    static_cast<void>(BIO_flush(SSL_get_wbio(tls_.get())));
  }
  ::shutdown(socket_, SHUT_WR);
  const timeval brief{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
  const auto end = std::chrono::steady_clock::now() + linger_limit;
  std::array<std::byte, 65536> discarded{};
  while (std::chrono::steady_clock::now() < end && ::recv(socket_, discarded.data(), discarded.size(), 0) > 0) {
  }
}

}  // namespace hfpipe::forge

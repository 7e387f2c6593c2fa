#include "transports/net/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace hfpipe::net {
namespace {

using asio::ip::tcp;

/// About a millisecond of work.
constexpr std::size_t turn_size = 1024 * 1024;

/// Below this, one more copy costs less than one more system call.
constexpr std::size_t worth_gathering = 4096;

}  // namespace

connection::connection(tcp::socket connected)
    : socket_(std::move(connected)), timer_(socket_.get_executor()), in_(socket_.native_handle()) {
  boost::system::error_code error;
  socket_.native_non_blocking(true, error);
  if (error) throw failed(failure(errc::connection_lost).detail(error.message()));
  socket_.set_option(tcp::no_delay(true), error);  // only a delay is lost where this fails
}

task<> connection::handshake(const tls_context& context, const std::string& host,
                             std::chrono::steady_clock::time_point end) {
  tls_.emplace(context, host, in_, out_);
  while (true) {
    const auto step = tls_->handshake_now();
    const auto flushed = flush_now();
    if (step.status == io_status::broken) throw failed(tls_->why());
    if (flushed.status == io_status::broken) throw failed(why());
    if (step.status == io_status::moved && flushed.status == io_status::moved) co_return;
    const auto what = flushed.status == io_status::would_block ? until::either : until::readable;
    const auto left = end - std::chrono::steady_clock::now();
    co_await wait(what, left, "connect");
  }
}

io_result connection::broke() {
  why_ = failure(errc::connection_lost).detail(std::generic_category().message(errno));
  return {io_status::broken, 0};
}

io_result connection::read_now(std::span<std::byte> room) {
  if (tls_) {
    const auto got = tls_->read_now(room);
    if (got.status == io_status::broken) why_ = tls_->why();
    // A TLS peer may make us answer (a key update); that must not wait for our next write.
    if (!out_.empty()) out_.flush(socket_.native_handle());
    return got;
  }
  while (true) {
    const auto got = ::recv(socket_.native_handle(), room.data(), room.size(), 0);
    if (got > 0) return {io_status::moved, static_cast<std::size_t>(got)};
    if (got == 0) return {io_status::ended, 0};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {io_status::would_block, 0};
    if (errno != EINTR) return broke();
  }
}

io_result connection::write_now(std::span<const std::byte> part) {
  if (tls_) return encrypt_now(part);
  if (part.size() < worth_gathering && out_.append_whole(part)) return {io_status::moved, part.size()};
  const auto sent = out_.flush(socket_.native_handle(), part);
  return sent.status == io_status::broken ? broke() : sent;
}

io_result connection::encrypt_now(std::span<const std::byte> part) {
  std::size_t taken = 0;
  while (true) {
    const auto put = tls_->write_now(part.subspan(taken));
    taken += put.bytes;
    if (put.status == io_status::broken) why_ = tls_->why();
    if (put.status != io_status::would_block) return {put.status, taken};
    const auto sent = flush_now();
    if (sent.status != io_status::moved) return {sent.status, taken};
  }
}

io_result connection::flush_now() {
  const auto sent = out_.flush(socket_.native_handle());
  return sent.status == io_status::broken ? broke() : sent;
}

task<> connection::wait(until what, duration limit, std::string clock) {
  using asio::experimental::make_parallel_group;
  since_turn_ = 0;
  timer_.expires_after(limit);
  bool expired = false;
  if (what == until::either) {
    auto group = make_parallel_group(timer_.async_wait(asio::deferred),
                                     socket_.async_wait(tcp::socket::wait_read, asio::deferred),
                                     socket_.async_wait(tcp::socket::wait_write, asio::deferred));
    const auto ended = co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    expired = std::get<0>(ended).front() == 0;
  } else {
    const auto direction = what == until::readable ? tcp::socket::wait_read : tcp::socket::wait_write;
    auto group = make_parallel_group(timer_.async_wait(asio::deferred), socket_.async_wait(direction, asio::deferred));
    const auto ended = co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    expired = std::get<0>(ended).front() == 0;
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) throw failed(failure(errc::cancelled));
  if (expired) throw failed(failure(errc::timed_out).at(std::move(clock)));
}

bool connection::owes_turn(std::size_t moved) {
  since_turn_ += moved;
  return since_turn_ >= turn_size;
}

task<> connection::let_others_run() {
  since_turn_ = 0;
  co_await asio::post(socket_.get_executor(), asio::use_awaitable);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) throw failed(failure(errc::cancelled));
}

bool connection::is_quiet() {
  std::array<std::byte, 1> room{};
  return out_.empty() && read_now(room).status == io_status::would_block;
}

std::string idle_clock(duration limit) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "no byte for %g s", in_seconds(limit));
  return text.data();
}

}  // namespace hfpipe::net

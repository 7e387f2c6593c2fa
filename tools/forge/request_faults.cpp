#include "tools/forge/request_faults.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace hfpipe::forge {

namespace {

constexpr std::uint64_t bomb_size = 100'000;
constexpr std::uint64_t drip_rate = 20;
constexpr std::uint64_t late_ms = 500;
// Longer than any client's patience.
constexpr int silence_ms = 600'000;
// More than a client should read, so that one that does not stop is seen.
constexpr int flood = 100'000;

void wait_until_closed(int socket) {
  pollfd peer{socket, POLLRDHUP, 0};
  ::poll(&peer, 1, silence_ms);
}

/// The client's first bytes; closing with them unread would reset the connection.
void read_hello(int socket) {
  std::array<char, 4096> hello{};
  static_cast<void>(::recv(socket, hello.data(), hello.size(), 0));
}

/// Where a redirect leads, if one was asked for.
std::optional<std::string> redirected(const visit& request) {
  const exchange& with = request.exchange;
  const std::string host(with.header("Host").value_or("127.0.0.1"));
  const std::string scheme = request.site.secure ? "https://" : "http://";
  const std::string target(with.target());
  if (request.take("redirect_loop")) return scheme + host + target;
  if (request.take("redirect_plain")) return "http://" + host + target;
  if (!request.take("redirect_away")) return std::nullopt;
  return scheme + host.substr(0, host.rfind(':')) + ":" + std::to_string(request.site.cdn_port) + target;
}

void flood_with_interim(exchange& with) {
  for (int n = 0; n < flood; ++n) with.on().write(bytes_of("HTTP/1.1 102 Processing\r\n\r\n"));
}

std::string bomb(std::uint64_t size) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  while (head.size() < size) head += "X-Bomb: " + std::string(1000, 'x') + "\r\n";
  return head + "Content-Length: 0\r\n\r\n";
}

/// What is no answer at all: the connection is over behind it.
bool speaks_nonsense(const visit& request) {
  exchange& with = request.exchange;
  if (request.take("not_http")) {
    with.on().write(bytes_of("220 ready for mail\r\n"));
    with.on().close_politely();
  } else if (const auto fault = request.take("head_bomb")) {
    with.on().write(bytes_of(bomb(fault->at.value_or(bomb_size))));
    with.on().close_politely();
  } else if (request.take("interim_flood")) {
    flood_with_interim(with);
  } else if (request.take("half_close")) {
    ::shutdown(with.on().socket(), SHUT_WR);
    wait_until_closed(with.on().socket());
  } else {
    return false;
  }
  with.cut();
  return true;
}

/// True: there is no body, so the connection is to be cut now.
bool cut_request(const visit& request) {
  exchange& with = request.exchange;
  fault_subject body = request.subject();
  if (const auto length = with.declared_length()) {
    body.first = 0;
    body.end = std::max<std::uint64_t>(*length, 1);
  }
  const auto fault = request.site.faults.take("request_cut", body);
  if (!fault) return false;
  if (with.body_is_done()) return true;
  with.cut_body_at(fault->at.value_or(0));
  return false;
}

}  // namespace

bool spoil_connection(site& at, int socket, bool is_tls) {
  const fault_subject nobody{.method = "", .target = ""};
  if (at.faults.take("connection_reset", nobody)) {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return true;
  }
  if (!is_tls) return false;
  if (at.faults.take("tls_cut", nobody)) {
    read_hello(socket);
  } else if (at.faults.take("tls_garbage", nobody)) {
    read_hello(socket);
    static_cast<void>(::send(socket, "220 ready for mail\r\n", 20, MSG_NOSIGNAL));
  } else if (at.faults.take("tls_stall", nobody)) {
    wait_until_closed(socket);
  } else {
    return false;
  }
  return true;
}

bool spoil_request(const visit& request) {
  exchange& with = request.exchange;
  if (speaks_nonsense(request)) return true;
  if (const auto fault = request.take("any_status")) {
    with.send(status_reply(*fault, 503));
    return true;
  }
  if (const auto location = redirected(request)) {
    with.send({307, {{"Location", *location}}, ""});
    return true;
  }
  if (cut_request(request)) {
    with.cut();
    return true;
  }
  if (const auto fault = request.take("reply_cut")) with.on().harm(fault->at.value_or(0), std::nullopt);
  if (const auto fault = request.take("reply_drip")) with.on().harm(std::nullopt, fault->rate.value_or(drip_rate));
  if (const auto fault = request.take("reply_late")) {
    with.delay_end(std::chrono::milliseconds(fault->ms.value_or(late_ms)));
  }
  return false;
}

}  // namespace hfpipe::forge

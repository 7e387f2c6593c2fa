#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "transports/task.hpp"

namespace hfpipe::net {

using time_point = std::chrono::steady_clock::time_point;

/// How long one address may stay silent before the next is tried beside it (RFC 8305 recommends this value).
inline constexpr std::chrono::milliseconds attempt_delay{250};

/// The addresses of `host`, families alternating. A literal address is not looked up.
/// Fails with errc::cannot_resolve, or errc::timed_out at `end`.
task<std::vector<asio::ip::tcp::endpoint>> resolve(std::string host, std::uint16_t port, time_point end);

/// Connects to the first of `addresses` (not empty) that answers: each is started `attempt_delay` after the one before,
/// or at once when that one was refused. Fails with errc::cannot_connect, or errc::timed_out at `end`.
task<asio::ip::tcp::socket> race(std::vector<asio::ip::tcp::endpoint> addresses, time_point end);

}  // namespace hfpipe::net

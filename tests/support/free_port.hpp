#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>

namespace hfpipe::testing {

/// A port of loopback that nothing listens on now; whoever starts a server on it must be ready to try another.
inline std::uint16_t free_port() {
  boost::asio::io_context loop;
  const boost::asio::ip::tcp::acceptor taken(loop, {boost::asio::ip::address_v4::loopback(), 0});
  return taken.local_endpoint().port();
}

}  // namespace hfpipe::testing

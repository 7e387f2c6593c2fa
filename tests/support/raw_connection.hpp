#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace hfpipe::testing {

/// Status 0: the connection closed before a whole head.
struct raw_reply {
  int status = 0;
  std::string head;
  std::string body;

  bool has(std::string_view line) const { return head.find(line) != std::string::npos; }
};

/// A plain connection that knows nothing of HTTP but where a head ends: what it gives is what was sent.
class raw_connection {
 public:
  explicit raw_connection(std::uint16_t port) : socket_(loop_) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
  }
  void send(const std::string& bytes) {
    boost::system::error_code closed_early;
    boost::asio::write(socket_, boost::asio::buffer(bytes), closed_early);
  }
  /// Everything until the peer closes.
  raw_reply read_to_end() {
    std::string all;
    boost::system::error_code end;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(all), end);
    raw_reply reply;
    const std::size_t blank = all.find("\r\n\r\n");
    if (blank == std::string::npos) return reply;
    reply.head = all.substr(0, blank + 2);
    reply.body = all.substr(blank + 4);
    std::from_chars(all.data() + 9, all.data() + 12, reply.status);
    return reply;
  }

  /// How many bytes come until nothing has come for `quiet`.
  std::size_t read_until_quiet(std::chrono::milliseconds quiet) {
    std::size_t got = 0;
    for (auto last = std::chrono::steady_clock::now(); std::chrono::steady_clock::now() - last < quiet;) {
      std::vector<char> piece(socket_.available());
      if (piece.empty()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        continue;
      }
      got += boost::asio::read(socket_, boost::asio::buffer(piece));
      last = std::chrono::steady_clock::now();
    }
    return got;
  }

 private:
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::socket socket_;
};

}  // namespace hfpipe::testing

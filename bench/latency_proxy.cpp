#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <chrono>
#include <deque>
#include <iostream>
#include <memory>
#include <vector>

// A TCP proxy that makes a line longer and not narrower: every byte arrives `delay` later than it was sent, in either
// direction, and any number of bytes may be on their way. In user space, so that it works where no queueing discipline
// may be set.
//
// Flow of one direction:   read -> (bytes, due time) queue -> wait until due -> write
//
// A handshake cannot be delayed from here; instead the first bytes of a new connection take one round trip more.

namespace asio = boost::asio;
using asio::ip::tcp;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr std::size_t piece_size = 256 * 1024;
// On their way in one direction of one connection: what 20 ms at 25 Gbit/s hold.
constexpr std::size_t flight_limit = 64U << 20;

struct both_ends {
  explicit both_ends(tcp::socket accepted) : client(std::move(accepted)), server(client.get_executor()) {}
  tcp::socket client;
  tcp::socket server;

  void close() {
    boost::system::error_code ignored;
    client.close(ignored);
    server.close(ignored);
  }
};

// One direction of a connection; the two share the sockets and end together when one fails.
class delay_line : public std::enable_shared_from_this<delay_line> {
 public:
  delay_line(std::shared_ptr<both_ends> ends, tcp::socket& from, tcp::socket& to, clock_type::duration delay,
             clock_type::time_point not_before)
      : ends_(std::move(ends)),
        from_(from),
        to_(to),
        delay_(delay),
        not_before_(not_before),
        timer_(from.get_executor()),
        room_(piece_size) {}

  void start() { read(); }

 private:
  struct piece {
    clock_type::time_point due;
    std::vector<std::byte> bytes;  // none: the sender's end
  };

  void read() {
    reading_ = true;
    from_.async_read_some(asio::buffer(room_), [self = shared_from_this()](auto error, std::size_t got) {
      self->reading_ = false;
      self->took(error, got);
    });
  }

  void took(const boost::system::error_code& error, std::size_t got) {
    if (error && error != asio::error::eof) return ends_->close();
    const auto due = std::max(clock_type::now() + delay_, not_before_);
    in_flight_ += got;
    flight_.push_back({due, std::vector<std::byte>(room_.begin(), room_.begin() + static_cast<std::ptrdiff_t>(got))});
    if (!error && in_flight_ < flight_limit) read();
    if (!writing_) wait();
  }

  void wait() {
    writing_ = true;
    timer_.expires_at(flight_.front().due);
    timer_.async_wait([self = shared_from_this()](auto) { self->write(); });
  }

  void write() {
    if (flight_.front().bytes.empty()) {
      boost::system::error_code ignored;
      to_.shutdown(tcp::socket::shutdown_send, ignored);
      return;
    }
    asio::async_write(to_, asio::buffer(flight_.front().bytes),
                      [self = shared_from_this()](auto error, std::size_t) { self->wrote(error); });
  }

  void wrote(const boost::system::error_code& error) {
    if (error) return ends_->close();
    const bool was_full = in_flight_ >= flight_limit;
    in_flight_ -= flight_.front().bytes.size();
    flight_.pop_front();
    writing_ = false;
    if (was_full && in_flight_ < flight_limit && !reading_) read();
    if (!flight_.empty()) wait();
  }

  std::shared_ptr<both_ends> ends_;
  tcp::socket& from_;
  tcp::socket& to_;
  clock_type::duration delay_;
  clock_type::time_point not_before_;
  asio::steady_timer timer_;
  std::vector<std::byte> room_;
  std::deque<piece> flight_;
  std::size_t in_flight_ = 0;
  bool reading_ = false;
  bool writing_ = false;
};

void join(tcp::socket accepted, const tcp::endpoint& server, clock_type::duration delay) {
  auto ends = std::make_shared<both_ends>(std::move(accepted));
  const auto handshake_done = clock_type::now() + 3 * delay;  // there and back, and then the first bytes' own way
  ends->server.async_connect(server, [ends, delay, handshake_done](auto error) {
    if (error) return ends->close();
    boost::system::error_code ignored;
    ends->client.set_option(tcp::no_delay(true), ignored);
    ends->server.set_option(tcp::no_delay(true), ignored);
    std::make_shared<delay_line>(ends, ends->client, ends->server, delay, handshake_done)->start();
    std::make_shared<delay_line>(ends, ends->server, ends->client, delay, handshake_done)->start();
  });
}

void accept(tcp::acceptor& door, const tcp::endpoint& server, clock_type::duration delay) {
  door.async_accept([&door, server, delay](auto error, tcp::socket accepted) {
    if (!error) join(std::move(accepted), server, delay);
    accept(door, server, delay);
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Forwards connections on loopback, every byte later by a fixed time", "latency_proxy");
  std::uint16_t to = 0;
  std::int64_t delay = 0;
  app.add_option("--to", to, "the port of 127.0.0.1 that is forwarded to")->required();
  app.add_option("--delay", delay, "milliseconds each way")->required();
  CLI11_PARSE(app, argc, argv);
  asio::io_context loop(1);
  tcp::acceptor door(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  std::cout << "{\"port\":" << door.local_endpoint().port() << "}" << std::endl;
  accept(door, tcp::endpoint(asio::ip::address_v4::loopback(), to), std::chrono::milliseconds(delay));
  loop.run();
}

#include "transports/net/race.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/http_setting.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace race_test {

using asio::ip::tcp;
using clock = std::chrono::steady_clock;

tcp::endpoint local(std::uint16_t port) {
  return {asio::ip::address_v4::loopback(), port};
}

/// An address that swallows connection attempts in silence: a listener whose queue is full.
class dead_address {
 public:
  explicit dead_address(asio::io_context& loop) : listener_(loop, tcp::v4()), queued_(loop) {
    listener_.bind(local(0));
    listener_.listen(0);
    at_ = listener_.local_endpoint();
    queued_.connect(at_);
  }
  const tcp::endpoint& at() const { return at_; }

 private:
  tcp::acceptor listener_;
  tcp::socket queued_;
  tcp::endpoint at_;
};

struct setting : http_setting {
  /// The port that the race was won on.
  std::uint16_t winner(std::vector<tcp::endpoint> addresses, duration limit = 10s) {
    auto racing = [&]() -> task<std::uint16_t> {
      auto won = co_await net::race(std::move(addresses), clock::now() + limit);
      co_return won.remote_endpoint().port();
    };
    return run(racing());
  }
  failure defeat(std::vector<tcp::endpoint> addresses, duration limit) {
    auto racing = [&]() -> task<> { co_await net::race(std::move(addresses), clock::now() + limit); };
    return failure_from(racing());
  }
  std::uint16_t closed_port() { return loopback_peer().port(); }
};

}  // namespace race_test

BOOST_FIXTURE_TEST_SUITE(race_test, setting)

BOOST_AUTO_TEST_CASE(after_a_refusal_the_next_address_is_tried_at_once) {
  const loopback_peer peer;
  const auto begin = clock::now();

  BOOST_TEST(winner({local(closed_port()), local(closed_port()), local(peer.port())}) == peer.port());

  BOOST_TEST((clock::now() - begin < net::attempt_delay));
}

BOOST_AUTO_TEST_CASE(a_silent_address_costs_one_delay) {
  const dead_address dead(loop);
  const loopback_peer peer;
  const auto begin = clock::now();

  BOOST_TEST(winner({dead.at(), local(peer.port())}) == peer.port());

  BOOST_TEST((clock::now() - begin >= net::attempt_delay));
  BOOST_TEST((clock::now() - begin < 8 * net::attempt_delay));
}

BOOST_AUTO_TEST_CASE(all_refusing_is_a_failure_to_connect) {
  const auto why = defeat({local(closed_port()), local(closed_port())}, 10s);

  BOOST_TEST(name_of(why) == "cannot_connect");
  BOOST_TEST(!why.detail().empty());
}

BOOST_AUTO_TEST_CASE(all_silent_ends_by_the_connect_clock) {
  const dead_address dead(loop);

  const auto why = defeat({dead.at()}, 50ms);

  BOOST_TEST(name_of(why) == "timed_out");
  BOOST_TEST(trail_of(why) == "connect");
}

BOOST_AUTO_TEST_CASE(a_literal_address_is_not_looked_up) {
  auto resolving = [&](std::string host) -> task<std::string> {
    const auto found = co_await net::resolve(std::move(host), 443, clock::now() + 10s);
    co_return found.size() == 1 ? found.front().address().to_string() : "several";
  };

  BOOST_TEST(run(resolving("192.0.2.1")) == "192.0.2.1");
  BOOST_TEST(run(resolving("2001:db8::1")) == "2001:db8::1");
}

BOOST_AUTO_TEST_CASE(a_name_without_address_is_a_failure_to_resolve) {
  // No label may have 64 characters, so this fails without asking any server.
  const std::string name = std::string(64, 'x') + ".invalid";
  auto resolving = [&]() -> task<> { co_await net::resolve(name, 443, clock::now() + 15s); };

  BOOST_TEST(name_of(failure_from(resolving())) == "cannot_resolve");
}

BOOST_AUTO_TEST_SUITE_END()

#include "transports/net/http_client.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/loopback_peer.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace {

net::request get(const http::url& from) {
  return {.method = "GET", .url = from, .headers = {}, .body = net::no_body{}};
}

/// The status and the whole body.
task<std::string> fetch(net::http_client& client, net::request what) {
  auto running = co_await client.start(std::move(what));
  const auto* head = co_await running.reply();
  const std::string body = co_await running.read_all(1_GiB);
  co_return std::to_string(head->status) + " " + body;
}

struct setting {
  asio::io_context loop{1};
  net::client_options options;
  std::optional<net::http_client> made;
  net::http_client& client() {
    if (!made) made.emplace(loop.get_executor(), options);
    return *made;
  }
  std::string get_text(const http::url& from) { return run_task(loop, fetch(client(), get(from))); }
  failure get_failure(net::request what) {
    try {
      run_task(loop, fetch(client(), std::move(what)));
    } catch (const failed& broken) {
      return broken.why();
    }
    return failure(errc::internal).detail("it did not fail");
  }
};

constexpr std::string_view hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_client_test, setting)

BOOST_AUTO_TEST_CASE(a_reply_arrives) {
  loopback_peer peer;
  std::string asked;
  peer.script([&](peer_link& c) {
    asked = c.read_head();
    c.send(hi);
  });

  BOOST_TEST(get_text(peer.url("/a?b=c")) == "200 hi");

  peer.join();
  const auto host = "127.0.0.1:" + std::to_string(peer.port());
  BOOST_TEST(asked == "GET /a?b=c HTTP/1.1\r\nHost: " + host +
                          "\r\nUser-Agent: hfpipe\r\nAccept-Encoding: identity\r\nAccept: */*\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_private_ca_is_accepted) {
  const test_ca ca;
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  peer.script([](peer_link& c) {
    c.read_head();
    c.send(hi);
  });
  options.trust.ca_files = {ca.file()};

  BOOST_TEST(get_text(peer.url()) == "200 hi");
}

BOOST_AUTO_TEST_SUITE_END()

#include "transports/net/connection_pool.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/http_setting.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace connection_pool_test {

constexpr std::string_view hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// Answers every request alike until the client closes.
auto answering_all(std::string_view wire) {
  return [=](peer_link& c) {
    while (!c.read_head().empty()) c.send(wire);
  };
}

/// Answers once, then is gone: the connection goes to the pool alive and dies there, or on its next use.
void answer_once(peer_link& c) {
  c.read_head();
  c.send(hi);
}

/// Answers once, takes the next request, and closes without a word about it.
void answer_then_swallow(peer_link& c) {
  c.read_head();
  c.send(hi);
  c.read_head();
}

task<std::string> post(net::http_client& client, net::request what) {
  auto running = co_await client.send(std::move(what), "body");
  co_return co_await running.read_all(1_KiB);
}

}  // namespace connection_pool_test

BOOST_FIXTURE_TEST_SUITE(connection_pool_test, http_setting)

BOOST_AUTO_TEST_CASE(a_connection_is_used_again) {
  loopback_peer peer;
  peer.script(answering_all(hi));

  for (int i = 0; i < 5; ++i) BOOST_TEST(get_text(peer.url()) == "200 hi");

  BOOST_TEST(peer.connections() == 1u);
}

BOOST_AUTO_TEST_CASE(a_chunked_reply_read_to_its_end_gives_the_connection_back) {
  loopback_peer peer;
  peer.script(answering_all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"));

  for (int i = 0; i < 3; ++i) BOOST_TEST(get_text(peer.url()) == "200 hi");

  BOOST_TEST(peer.connections() == 1u);
}

BOOST_AUTO_TEST_CASE(what_must_not_be_used_again_is_not) {
  struct row {
    std::string_view name;
    std::string_view wire;
  };
  const row rows[] = {
      {"said it closes", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"},
      {"bytes behind the end", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\n"},
  };
  for (const auto& each : rows) {
    loopback_peer peer;
    peer.script(2, answering_all(each.wire));
    BOOST_TEST(get_text(peer.url()) == "200 hi", each.name);
    BOOST_TEST(get_text(peer.url()) == "200 hi", each.name);
    BOOST_TEST(peer.connections() == 2u, each.name);
  }
}

BOOST_AUTO_TEST_CASE(a_reply_that_was_not_read_closes_its_connection) {
  loopback_peer peer;
  peer.script(2, answering_all("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi"));
  auto glance = [&]() -> task<> {
    auto what = get(peer.url());
    auto running = co_await client().start(std::move(what));
    co_await running.reply();
  };

  run(glance());
  run(glance());

  BOOST_TEST(peer.connections() == 2u);
}

BOOST_AUTO_TEST_CASE(a_connection_that_died_in_the_pool_is_not_used) {
  loopback_peer peer;
  peer.script(answer_once);
  peer.script(answering_all(hi));
  BOOST_TEST(get_text(peer.url()) == "200 hi");
  std::this_thread::sleep_for(20ms);

  BOOST_TEST(get_text(peer.url()) == "200 hi");
}

BOOST_AUTO_TEST_CASE(a_connection_that_dies_under_a_request_is_replaced_once) {
  loopback_peer peer;
  peer.script(answer_then_swallow);
  peer.script(answering_all(hi));
  BOOST_TEST(get_text(peer.url()) == "200 hi");

  BOOST_TEST(get_text(peer.url()) == "200 hi");

  BOOST_TEST(peer.connections() == 2u);
}

BOOST_AUTO_TEST_CASE(a_small_post_is_sent_again_when_its_idle_connection_was_dead) {
  loopback_peer peer;
  peer.script(answer_then_swallow);
  std::string again;
  peer.script([&](peer_link& c) {
    c.read_head();
    again = c.read(4);
    c.send(hi);
  });
  BOOST_TEST(get_text(peer.url()) == "200 hi");

  BOOST_TEST(run(post(client(), asking("POST", peer.url()))) == "hi");

  peer.join();
  BOOST_TEST(again == "body");
}

BOOST_AUTO_TEST_CASE(a_fresh_connection_that_dies_is_not_replaced) {
  loopback_peer peer;
  peer.script([](peer_link& c) { c.read_head(); });
  peer.script(answering_all(hi));

  BOOST_TEST(name_of(get_failure(peer.url())) == "connection_lost");
}

BOOST_AUTO_TEST_CASE(a_replacement_that_dies_is_not_replaced) {
  loopback_peer peer;
  peer.script(answer_then_swallow);
  peer.script([](peer_link& c) { c.read_head(); });
  peer.script(answering_all(hi));
  BOOST_TEST(get_text(peer.url()) == "200 hi");

  BOOST_TEST(name_of(get_failure(peer.url())) == "connection_lost");
}

BOOST_AUTO_TEST_CASE(after_a_byte_of_the_reply_nothing_is_repeated) {
  loopback_peer peer;
  peer.script([](peer_link& c) {
    answer_then_swallow(c);
    c.send("H");
  });
  peer.script(answering_all(hi));
  BOOST_TEST(get_text(peer.url()) == "200 hi");

  BOOST_TEST(name_of(get_failure(peer.url())) == "connection_lost");
}

BOOST_AUTO_TEST_CASE(a_body_that_has_begun_is_not_repeated) {
  loopback_peer peer;
  peer.script([](peer_link& c) {
    answer_then_swallow(c);
    c.read_chunked();
  });
  peer.script(answering_all(hi));
  BOOST_TEST(get_text(peer.url()) == "200 hi");
  auto what = asking("POST", peer.url());
  what.body = net::chunked_body{};
  const std::string text = "body";
  auto sending = [&]() -> task<> {
    auto running = co_await client().start(std::move(what));
    co_await running.write(std::as_bytes(std::span(text)));
    co_await running.finish();
    co_await running.reply();
  };

  BOOST_TEST(name_of(failure_from(sending())) == "connection_lost");
}

BOOST_AUTO_TEST_CASE(no_more_idle_connections_to_an_origin_are_kept_than_the_options_say) {
  options.idle_connections = 5;
  loopback_peer peer;
  net::connection_pool pool(loop.get_executor(), options);
  const auto to = peer.url().origin();
  auto filling = [&]() -> task<> {
    for (std::size_t i = 0; i < options.idle_connections + 2; ++i) {
      auto link = co_await pool.dial(to);
      pool.keep(to, std::move(link));
    }
  };
  // The peer serves one after the other; what waits in its backlog is open as far as the pool can see.
  peer.script(options.idle_connections + 2, [](peer_link& c) { c.stall(); });

  run(filling());

  std::size_t kept = 0;
  std::vector<std::unique_ptr<net::connection>> all;
  for (auto link = pool.take_idle(to); link != nullptr; link = pool.take_idle(to)) {
    ++kept;
    all.push_back(std::move(link));
  }
  BOOST_TEST(kept == options.idle_connections);
}

BOOST_AUTO_TEST_SUITE_END()

#include "transports/net/exchange.hpp"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/http_setting.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace exchange_test {

constexpr std::string_view created = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view too_large = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig";

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

net::request putting(const http::url& to, net::body_framing framing) {
  auto what = asking("PUT", to);
  what.body = framing;
  return what;
}

/// What an upload came to.
struct upload_end {
  int status = 0;
  bool refused = false;
  std::size_t written = 0;
};

/// Sends `part` `times` times, as far as the server lets it.
task<upload_end> upload(net::http_client& client, net::request what, std::string_view part, std::size_t times) {
  upload_end end;
  auto running = co_await client.start(std::move(what));
  while (end.written < part.size() * times && !end.refused) {
    const auto bytes = std::as_bytes(std::span(part));
    const bool taken = co_await running.write(bytes);
    if (taken) end.written += part.size();
    end.refused = !taken;
  }
  if (!end.refused) co_await running.finish();
  const auto* head = co_await running.reply();
  end.status = head->status;
  co_await running.read_excerpt();
  co_return end;
}

std::size_t heap_in_use() {
#ifdef __GLIBC__
  const auto now = ::mallinfo2();
  return now.uordblks + now.hblkhd;
#else
  return 0;
#endif
}

}  // namespace exchange_test

BOOST_FIXTURE_TEST_SUITE(exchange_test, http_setting)

BOOST_AUTO_TEST_CASE(a_sized_body_arrives_whatever_its_pieces) {
  const std::string body = pattern(300'000);
  for (const std::size_t piece : {1'000, 4'095, 65'536, 300'000}) {
    loopback_peer peer;
    std::string got;
    peer.script([&](peer_link& c) {
      c.read_head();
      got = c.read(body.size());
      c.send(created);
    });
    auto sending = [&]() -> task<int> {
      auto what = putting(peer.url(), net::sized_body{byte_count(body.size())});
      auto running = co_await client().start(std::move(what));
      for (std::size_t from = 0; from < body.size(); from += piece) {
        const auto part = std::as_bytes(std::span(body)).subspan(from, std::min(piece, body.size() - from));
        co_await running.write(part);
      }
      co_await running.finish();
      const auto* head = co_await running.reply();
      co_return head->status;
    };

    BOOST_TEST(run(sending()) == 201);

    peer.join();
    BOOST_TEST((got == body), "in pieces of " << piece);
  }
}

BOOST_AUTO_TEST_CASE(a_chunked_body_arrives_and_its_connection_is_used_again) {
  const std::string part = pattern(10'000);
  loopback_peer peer;
  std::vector<std::string> got;
  peer.script([&](peer_link& c) {
    for (int i = 0; i < 2; ++i) {
      c.read_head();
      got.push_back(c.read_chunked());
      c.send(created);
    }
  });

  for (int i = 0; i < 2; ++i) {
    const auto end = run(upload(client(), putting(peer.url(), net::chunked_body{}), part, 3));
    BOOST_TEST(end.status == 201);
  }

  peer.join();
  BOOST_TEST(peer.connections() == 1u);
  BOOST_REQUIRE(got.size() == 2u);
  BOOST_TEST((got[1] == part + part + part));
}

BOOST_AUTO_TEST_CASE(an_empty_part_does_not_end_a_chunked_body) {
  loopback_peer peer;
  std::string got;
  peer.script([&](peer_link& c) {
    c.read_head();
    got = c.read_chunked();
    c.send(created);
  });
  const std::string text = "x";
  auto sending = [&]() -> task<> {
    auto what = putting(peer.url(), net::chunked_body{});
    auto running = co_await client().start(std::move(what));
    const std::span<const std::byte> nothing;
    co_await running.write(nothing);
    co_await running.write(std::as_bytes(std::span(text)));
    co_await running.finish();
    co_await running.reply();
  };

  run(sending());

  peer.join();
  BOOST_TEST(got == "x");
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_and_stops_reading_is_heard) {
  for (const net::body_framing& framing :
       {net::body_framing(net::sized_body{1_GiB}), net::body_framing(net::chunked_body{})}) {
    loopback_peer peer;
    std::atomic<bool> over = false;
    peer.script([&](peer_link& c) {
      c.read_head();
      c.read(100'000);
      c.send(too_large);
      while (!over) std::this_thread::sleep_for(1ms);
    });

    const auto end = run(upload(client(), putting(peer.url(), framing), pattern(65'536), 16'384));

    over = true;
    BOOST_TEST(end.refused);
    BOOST_TEST(end.status == 413);
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_and_closes_is_heard) {
  loopback_peer peer;
  peer.script(10, [&](peer_link& c) {
    c.read_head();
    c.read(1'000);
    c.send(too_large);
  });
  for (int i = 0; i < 10; ++i) {
    const auto end = run(upload(client(), putting(peer.url(), net::chunked_body{}), pattern(65'536), 16'384));
    BOOST_TEST(end.status == 413);
  }
  BOOST_TEST(peer.connections() == 10u);
}

BOOST_AUTO_TEST_CASE(an_early_success_does_not_stop_the_body) {
  const std::string part = pattern(1'000'000);
  loopback_peer peer;
  std::size_t got = 0;
  peer.script([&](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    got = c.read_chunked().size();
    c.send("2\r\nok\r\n0\r\n\r\n");
  });
  const auto end = run(upload(client(), putting(peer.url(), net::chunked_body{}), part, 5));

  peer.join();
  BOOST_TEST(end.status == 200);
  BOOST_TEST(!end.refused);
  BOOST_TEST(got == 5 * part.size());
}

BOOST_AUTO_TEST_CASE(an_early_success_whose_server_leaves_is_a_lost_connection) {
  loopback_peer peer;
  peer.script([&](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    c.read(1'000);
  });

  const auto why = failure_from(upload(client(), putting(peer.url(), net::chunked_body{}), pattern(65'536), 16'384));

  BOOST_TEST(name_of(why) == "connection_lost");
}

BOOST_AUTO_TEST_CASE(a_reset_while_writing_is_a_lost_connection) {
  loopback_peer peer;
  peer.script([&](peer_link& c) {
    c.read_head();
    c.reset();
  });

  const auto why = failure_from(upload(client(), putting(peer.url(), net::chunked_body{}), pattern(65'536), 16'384));

  BOOST_TEST(name_of(why) == "connection_lost");
  BOOST_TEST(trail_of(why) == peer.url().shown());
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_reading_ends_by_the_idle_clock) {
  options.timeouts.idle = 100ms;
  loopback_peer peer;
  std::atomic<bool> over = false;
  peer.script([&](peer_link&) {
    while (!over) std::this_thread::sleep_for(1ms);
  });

  const auto why = failure_from(upload(client(), putting(peer.url(), net::chunked_body{}), pattern(65'536), 16'384));

  over = true;
  BOOST_TEST(name_of(why) == "timed_out");
  BOOST_TEST(why.where().front() == "no byte for 0.1 s");
}

BOOST_AUTO_TEST_CASE(an_abandoned_chunked_body_never_gets_its_last_chunk) {
  loopback_peer peer;
  std::string got;
  peer.script([&](peer_link& c) {
    c.read_head();
    got = c.read(9);
    got += std::to_string(c.read_to_end());
  });
  const std::string text = "abcd";
  auto sending = [&]() -> task<> {
    auto what = putting(peer.url(), net::chunked_body{});
    auto running = co_await client().start(std::move(what));
    co_await running.write(std::as_bytes(std::span(text)));
  };

  run(sending());

  peer.join();
  BOOST_TEST(got == "4\r\nabcd\r\n0");
}

BOOST_AUTO_TEST_CASE(a_length_that_is_not_kept_is_our_mistake) {
  loopback_peer peer;
  peer.script(2, [](peer_link& c) { c.stall(); });
  const std::string text = "abcd";
  auto too_much = [&]() -> task<> {
    auto what = putting(peer.url(), net::sized_body{3_B});
    auto running = co_await client().start(std::move(what));
    co_await running.write(std::as_bytes(std::span(text)));
  };
  auto too_little = [&]() -> task<> {
    auto what = putting(peer.url(), net::sized_body{5_B});
    auto running = co_await client().start(std::move(what));
    co_await running.write(std::as_bytes(std::span(text)));
    co_await running.finish();
  };

  BOOST_TEST(name_of(failure_from(too_much())) == "internal");
  BOOST_TEST(name_of(failure_from(too_little())) == "internal");
}

BOOST_AUTO_TEST_CASE(a_hundred_megabytes_pass_both_ways_over_tls_in_bounded_memory) {
  const test_ca ca;
  options.trust.ca_files = {ca.file()};
  constexpr std::size_t total = 100'000'000;
  const std::string part = pattern(250'000);
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  std::size_t arrived = 0;
  peer.script([&](peer_link& c) {
    c.read_head();
    while (arrived < total) arrived += c.read(part.size()).size();
    c.send(created);
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(total) + "\r\n\r\n");
    for (std::size_t sent = 0; sent < total; sent += part.size()) c.send(part);
  });
  std::size_t most = 0;
  auto both_ways = [&]() -> task<> {
    std::vector<std::byte> room(part.size());
    const auto expected = std::as_bytes(std::span(part));
    auto what = putting(peer.url(), net::sized_body{byte_count(total)});
    auto up = co_await client().start(std::move(what));
    const auto before = heap_in_use();
    for (std::size_t sent = 0; sent < total; sent += part.size()) {
      co_await up.write(expected);
      most = std::max(most, heap_in_use() - std::min(before, heap_in_use()));
    }
    co_await up.finish();
    co_await up.reply();

    auto again = get(peer.url());
    auto down = co_await client().start(std::move(again));
    co_await down.reply();
    std::size_t got = 0;
    bool same = true;
    while (true) {
      const auto free = std::span(room).first(part.size() - got % part.size());
      const auto now = co_await down.read_some(free);
      if (now == 0) break;
      same = same && std::equal(free.begin(), free.begin() + static_cast<std::ptrdiff_t>(now),
                                expected.begin() + static_cast<std::ptrdiff_t>(got % part.size()));
      got += now;
      most = std::max(most, heap_in_use() - std::min(before, heap_in_use()));
    }
    BOOST_TEST(got == total);
    BOOST_TEST(same);
  };

  run_task(loop, both_ways(), 60s);

  BOOST_TEST(arrived == total);
  // Both sides' connections and the peer's own buffers, of one part each.
  BOOST_TEST(most < 2u * 1024 * 1024);
}

BOOST_AUTO_TEST_SUITE_END()

#include "transports/net/http_client.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>

#include "tests/support/http_setting.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace http_client_test {

constexpr std::string_view hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

struct row {
  std::string_view name;
  std::string_view wire;
};

/// A script: one request, this answer.
auto answering(std::string wire, std::size_t piece = 0) {
  return [wire = std::move(wire), piece](peer_link& c) {
    c.read_head();
    c.send(wire, piece);
  };
}

}  // namespace http_client_test

BOOST_FIXTURE_TEST_SUITE(http_client_test, http_setting)

// ---- one reply -----------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_request_goes_out_and_its_reply_arrives) {
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

BOOST_AUTO_TEST_CASE(every_framing_arrives_in_pieces_of_every_size) {
  const row rows[] = {
      {"sized", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world"},
      {"chunked",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n6\r\n world\r\n0\r\nT: y\r\n\r\n"},
      {"until close", "HTTP/1.1 200 OK\r\n\r\nhello world"},
      {"after interim replies",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world"},
  };
  for (const auto& each : rows) {
    for (const std::size_t piece : {1, 2, 3, 7, 40, 1000}) {
      loopback_peer peer;
      peer.script(answering(std::string(each.wire), piece));
      BOOST_TEST(get_text(peer.url()) == "200 hello world", each.name << " in pieces of " << piece);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_large_header_block_is_read_and_its_body_kept) {
  const std::string wire = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nX: " + std::string(60'000, 'x') + "\r\n\r\n";
  const std::string body(5'000, 'b');
  loopback_peer peer;
  peer.script(answering(wire + body));

  BOOST_TEST((get_text(peer.url()) == "200 " + body));
}

BOOST_AUTO_TEST_CASE(a_reply_to_head_has_no_body) {
  loopback_peer peer;
  peer.script([](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
    c.stall();
  });

  BOOST_TEST(run(fetch(client(), asking("HEAD", peer.url()))) == "200 ");
}

BOOST_AUTO_TEST_CASE(a_body_fills_a_large_room_and_a_small_one) {
  loopback_peer peer;
  peer.script(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"));
  std::string pieces;
  auto reading = [&]() -> task<> {
    auto what = get(peer.url());
    auto running = co_await client().start(std::move(what));
    std::array<std::byte, 2> room;
    while (true) {
      const auto got = co_await running.read_some(room);
      if (got == 0) break;
      pieces.append(reinterpret_cast<const char*>(room.data()), got).append("|");
    }
    const auto after = co_await running.read_some(room);
    BOOST_TEST(after == 0u);
  };

  run(reading());

  BOOST_TEST(pieces == "ab|cd|ef|g|");
}

BOOST_AUTO_TEST_CASE(broken_replies_are_told_apart) {
  struct broken_row {
    std::string_view name;
    std::string wire;
    std::string_view code;
  };
  const std::string bomb = "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n";
  std::string many = "HTTP/1.1 200 OK\r\n";
  while (many.size() < 70'000) many += "X: y\r\n";
  std::string interim;
  for (int i = 0; i < 40; ++i) interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
  const broken_row rows[] = {
      {"another protocol", "SSH-2.0-OpenSSH_9.2\r\n", "bad_http_reply"},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "bad_http_reply"},
      {"length and chunks",
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
       "bad_http_reply"},
      {"gzip nobody asked for", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
       "bad_http_reply"},
      {"chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "bad_http_reply"},
      {"switching protocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "bad_http_reply"},
      {"one huge header", bomb, "limit_exceeded"},
      {"endless headers", many, "limit_exceeded"},
      {"endless interim replies", interim, "limit_exceeded"},
      {"nothing at all", "", "connection_lost"},
      {"half a head", "HTTP/1.1 200 OK\r\nConte", "connection_lost"},
      {"a short body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxxxxx", "connection_lost"},
      {"no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", "connection_lost"},
  };
  for (const auto& each : rows) {
    loopback_peer peer;
    peer.script(answering(each.wire));
    BOOST_TEST(name_of(get_failure(peer.url())) == each.code, each.name);
  }
}

BOOST_AUTO_TEST_CASE(a_port_that_closes_without_a_word_may_speak_tls) {
  loopback_peer peer;
  peer.script([](peer_link& c) { c.read_head(); });
  BOOST_TEST(get_failure(peer.url()).hint().find("write https://") != std::string_view::npos);

  loopback_peer talks;
  talks.script(answering("HTTP/1.1 200 OK\r\nConte"));
  BOOST_TEST(get_failure(talks.url()).hint().find("https://") == std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_reset_in_the_middle_of_a_body_is_a_lost_connection) {
  loopback_peer peer;
  peer.script([](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxxxxx");
    c.reset();
  });

  BOOST_TEST(name_of(get_failure(peer.url())) == "connection_lost");
}

BOOST_AUTO_TEST_CASE(a_failure_names_the_place_but_no_query) {
  loopback_peer peer;
  peer.script(answering(""));

  const auto why = get_failure(peer.url("/a?signature=abc"));

  BOOST_TEST(trail_of(why) == peer.url("/a").shown());
}

BOOST_AUTO_TEST_CASE(a_reply_above_its_limit_is_refused) {
  loopback_peer peer;
  peer.script(answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n123456"));
  auto reading = [&]() -> task<> {
    auto what = get(peer.url());
    auto running = co_await client().start(std::move(what));
    co_await running.read_all(5_B);
  };

  BOOST_TEST(name_of(failure_from(reading())) == "limit_exceeded");
}

BOOST_AUTO_TEST_CASE(an_excerpt_is_bounded_and_survives_a_broken_body) {
  loopback_peer peer;
  peer.script(answering("HTTP/1.1 500 Oops\r\nContent-Length: 100000\r\n\r\n" + std::string(50'000, 'x')));
  peer.script(answering("HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nbroken"));
  auto reading = [&]() -> task<std::string> {
    auto what = get(peer.url());
    auto running = co_await client().start(std::move(what));
    co_await running.reply();
    co_return co_await running.read_excerpt();
  };

  BOOST_TEST(run(reading()).size() == server_text_limit);
  BOOST_TEST(run(reading()) == "broken");
}

BOOST_AUTO_TEST_CASE(a_status_becomes_a_failure_with_the_servers_words) {
  loopback_peer peer;
  peer.script(answering("HTTP/1.1 404 Not Found\r\nContent-Length: 24\r\n\r\n{\"message\":\"no such one\"}"));
  auto asking_for_it = [&]() -> task<failure> {
    auto what = get(peer.url("/x?y"));
    auto running = co_await client().start(std::move(what));
    co_return co_await net::failure_of(running);
  };

  const failure why = run(asking_for_it());

  BOOST_TEST(name_of(why) == "not_found");
  BOOST_TEST(trail_of(why) == peer.url("/x").shown());
}

// ---- the way there -------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(plain_http_beyond_loopback_is_refused_before_anything_is_sent) {
  const auto url = http::url::parse("http://hub.example/").value();

  BOOST_TEST(name_of(get_failure(url)) == "insecure_refused");
}

BOOST_AUTO_TEST_CASE(nobody_listening_is_a_failure_to_connect) {
  http::url gone = http::url::parse("http://127.0.0.1/").value();
  {
    const loopback_peer peer;
    gone = peer.url();
  }

  const auto why = get_failure(gone);

  BOOST_TEST(name_of(why) == "cannot_connect");
  BOOST_TEST(trail_of(why).starts_with("127.0.0.1:" + std::to_string(gone.origin().port)));
}

BOOST_AUTO_TEST_CASE(silence_before_the_reply_ends_by_the_idle_clock) {
  options.timeouts.idle = 50ms;
  loopback_peer peer;
  peer.script([](peer_link& c) { c.stall(); });

  const auto why = get_failure(peer.url());

  BOOST_TEST(name_of(why) == "timed_out");
  BOOST_TEST(why.where().front() == "no byte for 0.05 s");
}

BOOST_AUTO_TEST_CASE(a_head_that_drips_for_ever_ends_by_the_idle_clock) {
  options.timeouts.idle = 200ms;
  loopback_peer peer;
  peer.script([](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nX-Slow: ");
    for (;;) {  // until the client closes
      c.send("x");
      std::this_thread::sleep_for(10ms);
    }
  });

  const auto why = get_failure(peer.url());

  BOOST_TEST(name_of(why) == "timed_out");
  BOOST_TEST(why.where().front() == "headers not whole in 0.2 s");
}

BOOST_AUTO_TEST_CASE(silence_in_a_body_ends_by_the_idle_clock) {
  options.timeouts.idle = 50ms;
  loopback_peer peer;
  peer.script([](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxxxxx");
    c.stall();
  });

  BOOST_TEST(name_of(get_failure(peer.url())) == "timed_out");
}

BOOST_AUTO_TEST_CASE(patience_outlasts_the_idle_clock) {
  options.timeouts.idle = 20ms;
  loopback_peer peer;
  peer.script([](peer_link& c) {
    c.read_head();
    std::this_thread::sleep_for(100ms);
    c.send(hi);
  });
  auto waiting = [&]() -> task<int> {
    auto what = get(peer.url());
    auto running = co_await client().start(std::move(what));
    const auto* head = co_await running.reply(10s);
    co_return head->status;
  };

  BOOST_TEST(run(waiting()) == 200);
}

BOOST_AUTO_TEST_CASE(cancelled_while_waiting_it_stops) {
  loopback_peer peer;
  peer.script([](peer_link& c) { c.stall(); });
  auto work = [&]() -> task<> {
    auto what = get(peer.url());
    co_await fetch(client(), std::move(what));
  };

  const auto why = run_cancelled(loop, work(), [] { return false; });

  BOOST_REQUIRE(why.has_value());
  BOOST_TEST(name_of(*why) == "cancelled");
}

BOOST_AUTO_TEST_CASE(a_hidden_repository_speaks_of_the_token_only_where_one_was_sent) {
  for (const bool sent : {true, false}) {
    loopback_peer peer;
    peer.script(answering("HTTP/1.1 401 No\r\nX-Error-Code: RepoNotFound\r\nContent-Length: 0\r\n\r\n"));
    const auto token = http::credential::basic(peer.url().origin(), "u", secret("p"));
    auto what = get(peer.url());
    if (sent) what.credential = &token;
    auto work = [&]() -> task<failure> {
      auto running = co_await client().start(std::move(what));
      co_return co_await net::failure_of(running);
    };
    const failure why = run(work());
    BOOST_TEST(name_of(why) == "not_found");
    BOOST_TEST((why.hint() == "check the name, and that the token may read it") == sent, why.hint());
    BOOST_TEST((why.hint() == facts_of(errc::not_found).remedy) == !sent, why.hint());
  }
}

// ---- redirects -----------------------------------------------------------------------------------------------------

namespace {
std::string redirect_to(std::string_view location, int status = 302) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + std::string(location) +
         "\r\nContent-Length: 5\r\n\r\nmoved";
}
net::request following(const http::url& from) {
  auto what = get(from);
  what.redirects = net::redirects::follow;
  return what;
}
}  // namespace

BOOST_AUTO_TEST_CASE(every_request_and_every_hop_takes_its_turn_under_a_limit) {
  manual_clock clock;
  rate_limit limit(0.5, &clock);
  options.requests = &limit;
  loopback_peer peer;
  peer.script([&](peer_link& c) {
    c.read_head();
    c.send(redirect_to("/b"));
    c.read_head();
    c.send(hi);
    c.read_head();
    c.send(hi);
  });
  run(fetch(client(), following(peer.url("/a"))));
  run(fetch(client(), get(peer.url("/c"))));
  peer.join();
  BOOST_TEST(limit.taken() == 3u);
  BOOST_TEST(clock.seconds() == 3.9, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(a_redirect_within_the_origin_reuses_the_connection_and_the_credential) {
  loopback_peer peer;
  std::string second;
  peer.script([&](peer_link& c) {
    c.read_head();
    c.send(redirect_to("../c?d", 307));
    second = c.read_head();
    c.send(hi);
  });
  const auto token = http::credential::basic(peer.url().origin(), "u", secret("p"));
  auto what = following(peer.url("/a/b"));
  what.credential = &token;
  what.headers.push_back({"X-Own", secret("1")});
  http::url end = what.url;
  auto work = [&]() -> task<> {
    auto running = co_await client().start(std::move(what));
    end = running.url();
  };

  run(work());

  peer.join();
  BOOST_TEST(second.starts_with("GET /c?d HTTP/1.1\r\n"));
  BOOST_TEST(second.find("Authorization: Basic") != std::string::npos);
  BOOST_TEST(second.find("X-Own: 1") != std::string::npos);
  BOOST_TEST(end.shown() == peer.url("/c").shown());
}

BOOST_AUTO_TEST_CASE(a_redirect_to_another_origin_takes_no_credential_along) {
  loopback_peer home;
  loopback_peer away;
  std::string at_home;
  std::string abroad;
  home.script([&](peer_link& c) {
    at_home = c.read_head();
    c.send(redirect_to("http://127.0.0.1:" + std::to_string(away.port()) + "/x"));
  });
  away.script([&](peer_link& c) {
    abroad = c.read_head();
    c.send(hi);
  });
  const auto token = http::credential::basic(home.url().origin(), "u", secret("p"));
  auto what = following(home.url());
  what.credential = &token;
  what.headers = {{"Range", secret("bytes=5-")}, {"Cookie", secret("c")}, {"X-Token", secret("t")}};

  BOOST_TEST(run(fetch(client(), what)) == "200 hi");

  home.join();
  away.join();
  BOOST_TEST(at_home.find("Authorization") != std::string::npos);
  BOOST_TEST(abroad.find("Range: bytes=5-") != std::string::npos);
  for (const std::string name : {"Authorization", "Cookie", "X-Token"}) {
    BOOST_TEST(abroad.find(name) == std::string::npos, name);
  }
}

BOOST_AUTO_TEST_CASE(a_redirect_back_home_brings_the_credential_not_back) {
  loopback_peer home;
  loopback_peer away;
  std::string first;
  std::string back;
  home.script([&](peer_link& c) {
    first = c.read_head();
    c.send(redirect_to("http://127.0.0.1:" + std::to_string(away.port()) + "/x"));
    back = c.read_head();
    c.send(hi);
  });
  away.script([&](peer_link& c) {
    c.read_head();
    c.send(redirect_to("http://127.0.0.1:" + std::to_string(home.port()) + "/again"));
  });
  const auto token = http::credential::basic(home.url().origin(), "u", secret("p"));
  auto what = following(home.url());
  what.credential = &token;

  BOOST_TEST(run(fetch(client(), what)) == "200 hi");

  home.join();
  away.join();
  BOOST_TEST(first.find("Authorization") != std::string::npos);
  BOOST_TEST(back.starts_with("GET /again HTTP/1.1\r\n"));
  BOOST_TEST(back.find("Authorization") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_redirect_to_plain_http_beyond_loopback_is_refused) {
  loopback_peer peer;
  peer.script(answering(redirect_to("http://hub.example/")));

  BOOST_TEST(name_of(failure_from(fetch(client(), following(peer.url())))) == "insecure_refused");
}

BOOST_AUTO_TEST_CASE(trap_09_a_cookie_is_never_sent_back) {
  loopback_peer peer;
  std::string again;
  peer.script([&](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nSet-Cookie: session=" + std::string(4'000, 'c') + "\r\nContent-Length: 2\r\n\r\nhi");
    again = c.read_head();
    c.send(hi);
  });

  BOOST_TEST(get_text(peer.url()) == "200 hi");
  BOOST_TEST(get_text(peer.url()) == "200 hi");

  peer.join();
  BOOST_TEST(again.starts_with("GET / HTTP/1.1\r\n"));
  BOOST_TEST(again.find("Cookie") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_circle_of_redirects_ends) {
  loopback_peer peer;
  std::size_t asked = 0;
  peer.script([&](peer_link& c) {
    while (!c.read_head().empty()) {
      ++asked;
      c.send(redirect_to("/"));
    }
  });
  {
    net::http_client own(loop.get_executor(), options);
    BOOST_TEST(name_of(failure_from(fetch(own, following(peer.url())))) == "redirect_refused");
  }

  peer.join();
  BOOST_TEST(asked == 6u);
}

BOOST_AUTO_TEST_CASE(a_redirect_to_no_usable_place_is_refused) {
  for (const std::string& reply : {std::string("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
                                   redirect_to("ftp://hub.example/"), redirect_to("http://[")}) {
    loopback_peer peer;
    peer.script(answering(reply));
    BOOST_TEST(name_of(failure_from(fetch(client(), following(peer.url())))) == "redirect_refused", reply);
  }
}

BOOST_AUTO_TEST_CASE(unless_told_a_redirect_is_a_reply_like_any_other) {
  loopback_peer peer;
  peer.script(answering(redirect_to("/x")));

  BOOST_TEST(get_text(peer.url()) == "302 moved");
}

BOOST_AUTO_TEST_SUITE_END()

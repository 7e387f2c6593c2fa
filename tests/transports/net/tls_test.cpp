#include "transports/net/tls.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/http_setting.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace tls_test {

constexpr std::string_view hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

void answer(peer_link& c) {
  while (!c.read_head().empty()) c.send(hi);
}

struct setting : http_setting {
  test_ca ca;
  void trust_ca() { options.trust.ca_files = {ca.file()}; }
};

}  // namespace tls_test

BOOST_FIXTURE_TEST_SUITE(tls_test, setting)

BOOST_AUTO_TEST_CASE(a_private_ca_is_accepted_when_given) {
  trust_ca();
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  peer.script(answer);

  BOOST_TEST(get_text(peer.url()) == "200 hi");
  BOOST_TEST(get_text(peer.url()) == "200 hi");

  BOOST_TEST(peer.connections() == 1u);
}

BOOST_AUTO_TEST_CASE(a_body_larger_than_every_buffer_comes_whole_in_either_version) {
  trust_ca();
  const std::string body = noise(300'000, 1);
  const std::string wire = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + body;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const std::size_t record : {0U, 5'000U}) {
      loopback_peer peer(ca.issue({"IP:127.0.0.1"}), version);
      peer.script([&](peer_link& c) {
        while (!c.read_head().empty()) c.send(wire, record);
      });
      for (int n = 0; n < 2; ++n) BOOST_TEST((get_text(peer.url()) == "200 " + body));
      BOOST_TEST(peer.connections() == 1u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_reset_in_the_middle_of_a_body_is_told_with_its_reason) {
  trust_ca();
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  peer.script([&](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxxxxx");
    c.reset();
  });
  const failure why = get_failure(peer.url());
  BOOST_TEST(name_of(why) == "connection_lost");
  BOOST_TEST(why.detail().find("reset") != std::string_view::npos, why.detail());
}

BOOST_AUTO_TEST_CASE(a_server_that_leaves_the_choice_encrypts_with_aes_128) {
  trust_ca();
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  std::string cipher;
  peer.script([&](peer_link& c) {
    c.read_head();
    cipher = c.cipher();
    c.send(hi);
  });

  BOOST_TEST(get_text(peer.url()) == "200 hi");

  peer.join();
  BOOST_TEST(cipher == "TLS_AES_128_GCM_SHA256");
}

BOOST_AUTO_TEST_CASE(an_unknown_ca_is_rejected_with_the_advice_to_give_it) {
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  peer.script(answer);

  const auto why = get_failure(peer.url());

  BOOST_TEST(name_of(why) == "certificate_rejected");
  BOOST_TEST(why.hint().find("--ca-cert") != std::string_view::npos);
  BOOST_TEST(why.where().front() == "127.0.0.1:" + std::to_string(peer.port()));
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_name_is_rejected) {
  trust_ca();
  for (const std::string name : {"DNS:other.example", "IP:127.0.0.2", "DNS:127.0.0.1"}) {
    loopback_peer peer(ca.issue({name}));
    peer.script(answer);
    BOOST_TEST(name_of(get_failure(peer.url())) == "certificate_rejected", name);
  }
}

BOOST_AUTO_TEST_CASE(a_dns_name_is_checked_against_dns_names) {
  trust_ca();
  loopback_peer peer(ca.issue({"DNS:localhost"}));
  peer.script(answer);

  BOOST_TEST(get_text(peer.url("/", "localhost")) == "200 hi");
}

BOOST_AUTO_TEST_CASE(verification_can_be_switched_off) {
  options.trust.verify = false;
  loopback_peer peer(ca.issue({"DNS:other.example"}));
  peer.script(answer);

  BOOST_TEST(get_text(peer.url()) == "200 hi");
}

BOOST_AUTO_TEST_CASE(tls_1_2_is_spoken) {
  trust_ca();
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}), TLS1_2_VERSION);
  peer.script(answer);

  BOOST_TEST(get_text(peer.url()) == "200 hi");
}

BOOST_AUTO_TEST_CASE(tls_1_1_is_refused) {
  trust_ca();
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}), TLS1_1_VERSION);
  peer.script(answer);

  BOOST_TEST(name_of(get_failure(peer.url())) == "tls_failed");
}

BOOST_AUTO_TEST_CASE(a_server_without_tls_is_a_failed_handshake) {
  loopback_peer peer;
  peer.script([](peer_link& c) { c.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  const auto url = http::url::parse("https://127.0.0.1:" + std::to_string(peer.port()) + "/").value();

  const auto why = get_failure(url);

  BOOST_TEST(name_of(why) == "tls_failed");
  BOOST_TEST(why.hint().find("does not speak TLS") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_silent_handshake_ends_by_the_connect_clock) {
  options.timeouts.connect = 50ms;
  loopback_peer peer;
  peer.script([](peer_link& c) { c.stall(); });
  const auto url = http::url::parse("https://127.0.0.1:" + std::to_string(peer.port()) + "/").value();

  const auto why = get_failure(url);

  BOOST_TEST(name_of(why) == "timed_out");
  BOOST_TEST(why.where().front() == "connect");
}

BOOST_AUTO_TEST_CASE(a_body_that_ends_with_the_close_needs_the_tls_end) {
  trust_ca();
  const auto identity = ca.issue({"IP:127.0.0.1"});
  loopback_peer proper(identity);
  proper.script([](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\n\r\nhello");
  });
  loopback_peer cut(identity);
  cut.script([](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\n\r\nhello");
    c.cut();
  });

  BOOST_TEST(get_text(proper.url()) == "200 hello");
  const failure why = get_failure(cut.url());
  BOOST_TEST(name_of(why) == "connection_lost");
  BOOST_TEST(why.detail() == "closed without a proper TLS end");
  BOOST_TEST(why.hint().find("http://") == std::string_view::npos, why.hint());  // it did speak TLS
}

BOOST_AUTO_TEST_CASE(a_record_that_was_tampered_with_is_told_as_that_after_the_bytes_before_it) {
  trust_ca();
  const std::string record = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x');
  for (const auto pause : {0ms, 30ms}) {  // it comes with the good bytes, or by itself
    loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
    peer.script([&](peer_link& c) {
      c.read_head();
      c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
      std::this_thread::sleep_for(pause);
      c.inject(record);
      c.stall();
    });
    const failure why = get_failure(peer.url());
    BOOST_TEST(name_of(why) == "connection_lost");
    BOOST_TEST(why.detail().find("bad record mac") != std::string_view::npos, why.detail());
    BOOST_TEST(why.hint().find("http://") == std::string_view::npos, why.hint());
  }
}

BOOST_AUTO_TEST_CASE(a_body_of_known_length_does_not_need_the_tls_end) {
  trust_ca();
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  peer.script([](peer_link& c) {
    c.read_head();
    c.send(hi);
    c.cut();
  });

  BOOST_TEST(get_text(peer.url()) == "200 hi");
}

BOOST_AUTO_TEST_CASE(one_byte_records_arrive) {
  trust_ca();
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  peer.script([](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 1);
  });

  BOOST_TEST(get_text(peer.url()) == "200 hi");
}

BOOST_AUTO_TEST_CASE(a_redirect_from_https_to_http_is_refused) {
  trust_ca();
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  peer.script([](peer_link& c) {
    c.read_head();
    c.send("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
  });
  auto what = get(peer.url());
  what.redirects = net::redirects::follow;

  BOOST_TEST(name_of(failure_from(fetch(client(), what))) == "redirect_refused");
}

// ---- proxies -------------------------------------------------------------------------------------------------------

namespace {
http::url_with_user proxy_at(const loopback_peer& peer) {
  return http::url::parse_with_user("http://me:pw@127.0.0.1:" + std::to_string(peer.port())).value();
}
}  // namespace

BOOST_AUTO_TEST_CASE(a_tunnel_through_a_proxy_is_tls_to_the_host_behind_it) {
  trust_ca();
  const auto identity = ca.issue({"DNS:hub.example"});
  loopback_peer proxy;
  std::string connect;
  std::string inside;
  proxy.script([&](peer_link& c) {
    connect = c.read_head();
    c.send("HTTP/1.1 200 Connection established\r\n\r\n", 1);
    c.start_tls(identity);
    inside = c.read_head();
    c.send(hi);
  });
  options.proxies.for_https = proxy_at(proxy);

  BOOST_TEST(get_text(http::url::parse("https://hub.example/a").value()) == "200 hi");

  proxy.join();
  BOOST_TEST(connect.starts_with("CONNECT hub.example:443 HTTP/1.1\r\n"));
  BOOST_TEST(connect.find("Proxy-Authorization: Basic bWU6cHc=\r\n") != std::string::npos);
  BOOST_TEST(inside.starts_with("GET /a HTTP/1.1\r\n"));
  BOOST_TEST(inside.find("Proxy-") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_proxy_that_says_no_is_named) {
  for (const std::string status : {"407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"}) {
    loopback_peer proxy;
    proxy.script([&](peer_link& c) {
      c.read_head();
      c.send("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nno");
    });
    net::client_options own;
    own.proxies.for_https = proxy_at(proxy);
    net::http_client through(loop.get_executor(), own);
    const auto url = http::url::parse("https://hub.example/a").value();
    const auto why = failure_from(fetch(through, get(url)));
    BOOST_TEST(name_of(why) == "proxy_refused", status);
    BOOST_TEST(why.where().front() == "proxy 127.0.0.1:" + std::to_string(proxy.port()), status);
    BOOST_TEST(trail_of(why).find("pw") == std::string::npos, status);
  }
}

BOOST_AUTO_TEST_CASE(plain_http_goes_through_its_proxy_whole) {
  options.allow_http = true;
  loopback_peer proxy;
  std::string asked;
  proxy.script([&](peer_link& c) {
    asked = c.read_head();
    c.send(hi);
  });
  options.proxies.for_http = proxy_at(proxy);

  BOOST_TEST(get_text(http::url::parse("http://hub.example/a").value()) == "200 hi");

  proxy.join();
  BOOST_TEST(asked.starts_with("GET http://hub.example/a HTTP/1.1\r\nHost: hub.example\r\n"));
}

BOOST_AUTO_TEST_CASE(trap_20_each_hop_of_a_redirect_goes_through_the_proxy) {
  options.allow_http = true;
  loopback_peer proxy;
  std::vector<std::string> asked;
  proxy.script(2, [&](peer_link& c) {
    asked.push_back(c.read_head());
    if (asked.size() == 1) {
      c.send("HTTP/1.1 302 Found\r\nLocation: http://cdn.example/b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    } else {
      c.send(hi);
    }
  });
  options.proxies.for_http = proxy_at(proxy);
  auto what = get(http::url::parse("http://hub.example/a").value());
  what.redirects = net::redirects::follow;

  BOOST_TEST(run(fetch(client(), what)) == "200 hi");

  proxy.join();
  BOOST_TEST_REQUIRE(asked.size() == 2u);
  BOOST_TEST(asked[1].starts_with("GET http://cdn.example/b HTTP/1.1\r\nHost: cdn.example\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()

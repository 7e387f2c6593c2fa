#include "transports/net/request_head.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace hfpipe;

namespace request_head_test {

net::request asking(std::string method, std::string_view url) {
  return {.method = std::move(method), .url = http::url::parse(url).value(), .headers = {}, .body = net::no_body{}};
}

std::string encoded(const net::request& what) {
  return net::encode_head(what, {.user_agent = "hfpipe/1"}).value();
}

bool holds(const std::string& head, const std::string& line) {
  return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace request_head_test

BOOST_AUTO_TEST_SUITE(request_head_test)

BOOST_AUTO_TEST_CASE(a_get_says_who_and_what) {
  BOOST_TEST(encoded(asking("GET", "https://hub.example:8443/a%20b?c=d")) ==
             "GET /a%20b?c=d HTTP/1.1\r\nHost: hub.example:8443\r\nUser-Agent: hfpipe/1\r\n"
             "Accept-Encoding: identity\r\nAccept: */*\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(the_usual_port_is_not_in_the_host_header) {
  BOOST_TEST(holds(encoded(asking("GET", "https://hub.example:443/")), "Host: hub.example"));
  BOOST_TEST(holds(encoded(asking("GET", "http://hub.example/")), "Host: hub.example"));
  BOOST_TEST(holds(encoded(asking("GET", "http://hub.example:443/")), "Host: hub.example:443"));
}

BOOST_AUTO_TEST_CASE(an_ipv6_host_keeps_its_brackets) {
  BOOST_TEST(holds(encoded(asking("GET", "https://[fd00::1]:8443/")), "Host: [fd00::1]:8443"));
}

BOOST_AUTO_TEST_CASE(framing_follows_the_body) {
  auto what = asking("PUT", "https://hub.example/");
  BOOST_TEST(holds(encoded(what), "Content-Length: 0"));

  what.body = net::sized_body{5_GiB};
  BOOST_TEST(holds(encoded(what), "Content-Length: 5368709120"));

  what.body = net::chunked_body{};
  BOOST_TEST(holds(encoded(what), "Transfer-Encoding: chunked"));
}

BOOST_AUTO_TEST_CASE(headers_of_the_client_cannot_be_given) {
  auto what = asking("PUT", "https://hub.example/");
  for (const std::string name : {"host", "Content-length", "transfer-encoding", "Connection", "Expect", "User-Agent",
                                 "Accept-Encoding", "Proxy-Authorization"}) {
    what.headers.push_back({name, secret("bad")});
  }

  BOOST_TEST(encoded(what).find("bad") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_given_accept_replaces_ours) {
  auto what = asking("GET", "https://hub.example/");
  what.headers.push_back({"accept", secret("application/json")});

  BOOST_TEST(encoded(what).find("*/*") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_credential_is_shown_to_its_origin_only) {
  const auto home = http::url::parse("https://hub.example/").value();
  const auto token = http::credential::basic(home.origin(), "u", secret("p"));

  for (const std::string_view other :
       {"https://hub.example:8443/", "http://hub.example/", "https://cdn.hub.example/"}) {
    auto what = asking("GET", other);
    what.credential = &token;
    BOOST_TEST(encoded(what).find("Authorization") == std::string::npos, other);
  }
  auto what = asking("GET", "https://hub.example/x");
  what.credential = &token;
  BOOST_TEST(holds(encoded(what), "Authorization: Basic dTpw"));
}

BOOST_AUTO_TEST_CASE(an_actions_own_authorization_goes_before_the_credential) {
  auto what = asking("GET", "https://hub.example/x");
  const auto token = http::credential::basic(what.url.origin(), "u", secret("p"));
  what.credential = &token;
  what.headers.push_back({"authorization", secret("RemoteAuth x")});

  const auto head = encoded(what);

  BOOST_TEST(holds(head, "authorization: RemoteAuth x"));
  BOOST_TEST(head.find("Basic") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_header_that_would_break_the_block_is_refused) {
  for (const auto& [name, value] : {std::pair("X", "a\r\nY: b"), std::pair("X\r\nY", "b"), std::pair("", "b"),
                                    std::pair("X Y", "b"), std::pair("X:", "b"), std::pair("X", "a\nb")}) {
    auto what = asking("GET", "https://hub.example/");
    what.headers.push_back({name, secret(value)});
    const auto got = net::encode_head(what, {});
    BOOST_TEST((!got && got.error().code() == errc::bad_batch_reply), name);
  }
}

BOOST_AUTO_TEST_CASE(through_a_proxy_plain_http_names_the_whole_url) {
  const auto proxy = http::url::parse_with_user("http://me:pw@proxy.example:3128").value();

  const auto head = net::encode_head(asking("GET", "http://hub.example/a?b"), {"x", &proxy}).value();

  BOOST_TEST(head.starts_with("GET http://hub.example/a?b HTTP/1.1\r\nHost: hub.example\r\n"));
  BOOST_TEST(holds(head, "Proxy-Authorization: Basic bWU6cHc="));
}

BOOST_AUTO_TEST_CASE(a_tunnel_names_host_and_port) {
  const auto to = http::url::parse("https://hub.example/secret").value();
  const auto proxy = http::url::parse_with_user("http://me:pw@proxy.example:3128").value();

  BOOST_TEST(net::encode_connect(to.origin(), proxy, "x") ==
             "CONNECT hub.example:443 HTTP/1.1\r\nHost: hub.example:443\r\nUser-Agent: x\r\n"
             "Proxy-Authorization: Basic bWU6cHc=\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(only_harmless_headers_go_to_another_origin) {
  auto what = asking("GET", "https://hub.example/");
  for (const std::string name : {"Authorization", "Cookie", "X-Token", "range", "Accept", "Git-Protocol"}) {
    what.headers.push_back({name, secret("v")});
  }

  net::drop_private_headers(what);

  std::string left;
  for (const auto& each : what.headers) left += each.name + " ";
  BOOST_TEST(left == "range Accept Git-Protocol ");
}

BOOST_AUTO_TEST_SUITE_END()

#include "transports/net/proxy_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

namespace proxy_plan_test {

struct setting {
  net::proxies known;
  setting() {
    known.for_http = http::url::parse_with_user("http://plain.example:3128").value();
    known.for_https = http::url::parse_with_user("http://tunnel.example:3128").value();
  }
  /// The proxy's host, or `direct`.
  std::string way(std::string_view to) const {
    const auto url = http::url::parse(to).value();
    const auto* proxy = net::proxy_for(known, url.origin());
    return proxy == nullptr ? "direct" : proxy->url.origin().host;
  }
};

}  // namespace proxy_plan_test

BOOST_FIXTURE_TEST_SUITE(proxy_plan_test, setting)

BOOST_AUTO_TEST_CASE(each_scheme_has_its_own_proxy) {
  BOOST_TEST(way("https://hub.example/") == "tunnel.example");
  BOOST_TEST(way("http://hub.example/") == "plain.example");
}

BOOST_AUTO_TEST_CASE(without_a_proxy_the_way_is_direct) {
  known.for_https.reset();

  BOOST_TEST(way("https://hub.example/") == "direct");
}

BOOST_AUTO_TEST_CASE(loopback_is_always_direct) {
  BOOST_TEST(way("https://localhost/") == "direct");
  BOOST_TEST(way("http://127.0.0.1:8080/") == "direct");
  BOOST_TEST(way("https://[::1]/") == "direct");
}

BOOST_AUTO_TEST_CASE(exceptions_go_direct) {
  struct row {
    std::string exceptions;
    std::string to;
    bool direct;
  };
  const row rows[] = {
      {"*", "https://hub.example/", true},
      {"hub.example", "https://hub.example/", true},
      {"HUB.example", "https://hub.example/", true},
      {"hub.example", "https://cdn.hub.example/", true},
      {".hub.example", "https://cdn.hub.example/", true},
      {".hub.example", "https://hub.example/", true},
      {"*.hub.example", "https://cdn.hub.example/", true},
      {"hub.example", "https://nothub.example/", false},
      {"hub.example", "https://hub.example.org/", false},
      {" a.example ,, hub.example ", "https://hub.example/", true},
      {"", "https://hub.example/", false},
      {",", "https://hub.example/", false},
      {".", "https://hub.example/", false},
      {"hub.example:8443", "https://hub.example:8443/", true},
      {"hub.example:8443", "https://hub.example/", false},
      {"10.0.0.1", "https://10.0.0.1/", true},
      {"10.0.0.1", "https://10.0.0.10/", false},
      {"fd00::1", "https://[fd00::1]/", true},
      {"[fd00::1]", "https://[fd00::1]/", true},
      {"[fd00::1]:8443", "https://[fd00::1]:8443/", true},
      {"[fd00::1]:8443", "https://[fd00::1]/", false},
  };
  for (const auto& each : rows) {
    known.exceptions = each.exceptions;
    BOOST_TEST((way(each.to) == "direct") == each.direct, "'" << each.exceptions << "' for " << each.to);
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "protocol/http/url.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using http::url;

namespace url_test {

url parsed(std::string_view text) {
  return url::parse(text).value();
}

bool is_bad_url(const auto& read) {
  return read.has_error() && read.error().code() == errc::bad_url;
}

}  // namespace url_test

BOOST_AUTO_TEST_SUITE(url_test)

BOOST_AUTO_TEST_CASE(usable_urls_are_read) {
  struct row {
    const char* text;
    const char* origin;
    std::uint16_t port;
    const char* target;
  };
  for (const row& r : {row{"https://huggingface.co/gpt2", "https://huggingface.co", 443, "/gpt2"},
                       row{"HTTPS://HuggingFace.CO/GPT2", "https://huggingface.co", 443, "/GPT2"},
                       row{"http://localhost:8080", "http://localhost:8080", 8080, "/"},
                       row{"https://h:443/x", "https://h", 443, "/x"}, row{"http://h:443/x", "http://h:443", 443, "/x"},
                       row{"https://h:/x", "https://h", 443, "/x"},
                       row{"https://10.0.0.1.nip.io:8443/x", "https://10.0.0.1.nip.io:8443", 8443, "/x"},
                       row{"https://h?q=1", "https://h", 443, "/?q=1"},
                       row{"https://h/x?q=a%2Fb&s=1~#part", "https://h", 443, "/x?q=a%2Fb&s=1~"},
                       row{"https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443", 8443, "/x"},
                       row{"https://127.0.0.1/a/../b", "https://127.0.0.1", 443, "/a/../b"},
                       row{"https://my_host-1.example./x", "https://my_host-1.example.", 443, "/x"},
                       row{"https://h/a b/\xc3\xa9?n=\"x|y\"", "https://h", 443, "/a%20b/%C3%A9?n=%22x%7Cy%22"},
                       row{"https://h/a//b;c=1/", "https://h", 443, "/a//b;c=1/"}}) {
    BOOST_TEST_CONTEXT(r.text) {
      const auto read = url::parse(r.text);
      BOOST_REQUIRE(read.has_value());
      BOOST_TEST(read->origin().text() == r.origin);
      BOOST_TEST(read->origin().port == r.port);
      BOOST_TEST(read->target().reveal() == r.target);
    }
  }
}

BOOST_AUTO_TEST_CASE(unusable_urls_are_refused) {
  for (const char* text : {"",
                           "huggingface.co/gpt2",
                           "/gpt2",
                           "//h/x",
                           "ftp://h/x",
                           "ssh://git@h/x",
                           "file:///etc/passwd",
                           "https:///x",
                           "https://",
                           "https:x",
                           "https://h:0/x",
                           "https://h:65536/x",
                           "https://h:99999999999/x",
                           "https://h:80a/x",
                           "https://h:80a",
                           "https://h:8:9/x",
                           "https://h:+8/x",
                           "https://a@b@h/x",
                           "https://[]/x",
                           "https://::1/x",
                           "https://[fe80::1%25eth0]/x",
                           "https://[::1]a/x",
                           "https://h\n/x",
                           "https://h/x\r\nX-Injected: 1",
                           "https://h/\x01",
                           "https://h/\x7f",
                           "https://h/%zz",
                           "https://[::1",
                           "https://[v1.a]/x",
                           "https://h%41/x",
                           "https://a b/x",
                           "https://\xc3\xa9/x",
                           "https://a,b/x",
                           "https://user@h/x",
                           "https://user:pass@h/x",
                           "https://:pass@h/x"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(is_bad_url(url::parse(text)));
  }
}

BOOST_AUTO_TEST_CASE(a_zero_byte_is_refused) {
  BOOST_TEST(is_bad_url(url::parse(std::string_view("https://h/x\0y", 13))));
}

BOOST_AUTO_TEST_CASE(a_url_longer_than_the_limit_is_refused) {
  const std::string start = "https://h/";
  BOOST_TEST(url::parse(start + std::string(http::url_limit - start.size(), 'x')).has_value());
  BOOST_TEST(is_bad_url(url::parse(start + std::string(http::url_limit - start.size() + 1, 'x'))));
}

BOOST_AUTO_TEST_CASE(encoding_may_not_grow_a_url_beyond_the_limit) {
  BOOST_TEST(is_bad_url(url::parse("https://h/" + std::string(http::url_limit / 2, ' '))));
}

BOOST_AUTO_TEST_CASE(a_refusal_never_repeats_the_text) {
  for (const char* text :
       {"https://user:canary@h:0/x", "ftp://h/?canary", "https://h/%zz?canary", "https://canary@h/x"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(url::parse(text).error().what().find("canary") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(user_info_is_taken_off_and_decoded) {
  struct row {
    const char* text;
    std::optional<std::string> user;
    std::optional<std::string> password;
  };
  for (const row& r :
       {row{"https://h/x", {}, {}}, row{"https://@h/x", {}, {}}, row{"https://u@h/x", "u", {}},
        row{"https://u:@h/x", "u", ""}, row{"https://:p@h/x", "", "p"},
        row{"https://oauth2:a%40b%3Ac@h/x", "oauth2", "a@b:c"}, row{"https://a%2Fb:p:q@h/x", "a/b", "p:q"}}) {
    BOOST_TEST_CONTEXT(r.text) {
      const auto read = url::parse_with_user(r.text).value();
      BOOST_CHECK(read.user == r.user);
      BOOST_REQUIRE(read.password.has_value() == r.password.has_value());
      if (r.password) BOOST_TEST(read.password->reveal() == *r.password);
      BOOST_TEST(read.url.shown() == "https://h/x");
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_shown_holds_neither_query_nor_user) {
  const auto read = url::parse_with_user("https://canary:canary@h:8443/x?Signature=canary#canary").value();
  BOOST_TEST(read.url.shown() == "https://h:8443/x");
}

BOOST_AUTO_TEST_CASE(a_suffix_extends_the_path_and_replaces_the_query) {
  BOOST_TEST(parsed("https://h/a.git?x=1").extended("/info/refs", "service=git-upload-pack").target().reveal() ==
             "/a.git/info/refs?service=git-upload-pack");
  BOOST_TEST(parsed("https://h/a?x=1").extended("/b").target().reveal() == "/a/b");
  BOOST_TEST(parsed("https://h").extended("/b").target().reveal() == "/b");
  BOOST_TEST(parsed("https://h/a/").extended("/b").target().reveal() == "/a/b");
}

BOOST_AUTO_TEST_CASE(another_path_keeps_the_origin_and_drops_the_query) {
  const url other = parsed("https://h:8443/a?x=1").at_path("/api/v4");
  BOOST_TEST(other.origin().text() == "https://h:8443");
  BOOST_TEST(other.target().reveal() == "/api/v4");
}

BOOST_AUTO_TEST_CASE(locations_resolve_against_the_url) {
  const url base = parsed("https://h:8443/a/b/c?q=1");
  struct row {
    const char* location;
    const char* shown;
    const char* target;
  };
  for (const row& r :
       {row{"/x?y=1", "https://h:8443/x", "/x?y=1"}, row{"d", "https://h:8443/a/b/d", "/a/b/d"},
        row{"../d", "https://h:8443/a/d", "/a/d"}, row{"?z=2", "https://h:8443/a/b/c", "/a/b/c?z=2"},
        row{"//other/x", "https://other/x", "/x"}, row{"http://other/x", "http://other/x", "/x"},
        row{"https://cdn/x?s=1#f", "https://cdn/x", "/x?s=1"}, row{"/a b", "https://h:8443/a%20b", "/a%20b"},
        row{"/x#f", "https://h:8443/x", "/x"}, row{"/to/https://y", "https://h:8443/to/https://y", "/to/https://y"}}) {
    BOOST_TEST_CONTEXT(r.location) {
      const auto resolved = base.resolve(r.location);
      BOOST_REQUIRE(resolved.has_value());
      BOOST_TEST(resolved->shown() == r.shown);
      BOOST_TEST(resolved->target().reveal() == r.target);
    }
  }
}

BOOST_AUTO_TEST_CASE(unusable_locations_are_refused) {
  for (const char* location :
       {"", "ftp://h/x", "javascript:alert(1)", "https://u:p@h/x", "//u@h/x", "/x\r\ny", "https://"}) {
    BOOST_TEST_CONTEXT(location) BOOST_TEST(is_bad_url(parsed("https://h/a").resolve(location)));
  }
}

BOOST_AUTO_TEST_CASE(only_this_machine_is_loopback) {
  for (const char* text : {"http://localhost/", "http://LOCALHOST/", "http://127.0.0.1/", "http://127.9.8.7/",
                           "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(parsed(text).origin().is_loopback());
  }
  for (const char* text : {"http://127.0.0.1.example/", "http://128.0.0.1/", "http://127.0.0.0.1/", "http://127.x.0.1/",
                           "http://localhost.example/", "http://[::2]/"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!parsed(text).origin().is_loopback());
  }
}

BOOST_AUTO_TEST_SUITE_END()

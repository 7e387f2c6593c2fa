#include "protocol/http/credential.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using http::credential;

namespace credential_test {

http::origin origin_of(std::string_view text) {
  return http::url::parse(text).value().origin();
}

}  // namespace credential_test

BOOST_AUTO_TEST_SUITE(credential_test)

BOOST_AUTO_TEST_CASE(user_and_password_are_encoded_as_basic) {
  struct row {
    const char* user;
    const char* password;
    const char* value;
  };
  for (const row& r : {row{"", "", "Basic Og=="}, row{"a", "", "Basic YTo="}, row{"a", "b", "Basic YTpi"},
                       row{"a", "bc", "Basic YTpiYw=="}, row{"\xff\xfe", "\xfb", "Basic //46+w=="}}) {
    BOOST_TEST_CONTEXT(r.value) {
      const auto made = credential::basic(origin_of("https://h"), r.user, secret(r.password));
      BOOST_TEST(made.authorization().reveal() == r.value);
    }
  }
}

BOOST_AUTO_TEST_CASE(only_the_same_scheme_host_and_port_may_see_it) {
  const auto made = credential::basic(origin_of("https://h.example"), "u", secret("p"));
  BOOST_TEST(made.allows(origin_of("https://H.example:443/x")));
  for (const char* other : {"http://h.example", "https://h.example:444", "https://example", "https://cdn.h.example"}) {
    BOOST_TEST_CONTEXT(other) BOOST_TEST(!made.allows(origin_of(other)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

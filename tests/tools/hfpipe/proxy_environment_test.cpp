#include "tools/hfpipe/proxy_environment.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::cli;

BOOST_AUTO_TEST_SUITE(proxy_environment_test)

BOOST_AUTO_TEST_CASE(no_variable_is_no_proxy) {
  const auto none = proxies_of({{"HTTPS_PROXY", ""}}).value();
  BOOST_TEST(!none.for_http.has_value());
  BOOST_TEST(!none.for_https.has_value());
  BOOST_TEST(none.exceptions.empty());
}

BOOST_AUTO_TEST_CASE(each_scheme_has_its_own_and_lower_case_wins) {
  const auto found = proxies_of({{"HTTPS_PROXY", "http://upper:1"},
                                 {"https_proxy", "http://user:word@lower:2"},
                                 {"HTTP_PROXY", "plain:3"},
                                 {"NO_PROXY", "a,.b"}})
                         .value();
  BOOST_TEST(found.for_https->url.origin().text() == "http://lower:2");
  BOOST_TEST(found.for_https->user.value() == "user");
  BOOST_TEST(found.for_http->url.origin().text() == "http://plain:3");
  BOOST_TEST(found.exceptions == "a,.b");
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_variable_and_not_its_value) {
  const auto refused = proxies_of({{"HTTPS_PROXY", "http://user:canary@ho st"}});
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code() == errc::bad_option);
  const std::string said = refused.error().what() + std::string(refused.error().hint());
  BOOST_TEST(said.find("HTTPS_PROXY") != std::string::npos);
  BOOST_TEST(said.find("canary") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

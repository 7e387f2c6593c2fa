#include "tools/forge/access.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::forge;
using need = access_rules::need;
using verdict = access_rules::verdict;

BOOST_AUTO_TEST_SUITE(access_test)

BOOST_AUTO_TEST_CASE(without_a_token_everybody_may_do_everything) {
  const access_rules open("forge", std::nullopt, false);

  BOOST_CHECK(open.check(std::nullopt, need::write) == verdict::granted);
}

BOOST_AUTO_TEST_CASE(the_token_is_bearer_or_the_password_of_any_user) {
  const access_rules rules("forge", secret("tok"), false);

  BOOST_CHECK(rules.check("Bearer tok", need::write) == verdict::granted);
  BOOST_CHECK(rules.check("Basic dTp0b2s=", need::write) == verdict::granted);      // u:tok
  BOOST_CHECK(rules.check("Basic dXNlcjp0b2s=", need::write) == verdict::granted);  // user:tok
  BOOST_CHECK(rules.check("Basic OnRvaw==", need::write) == verdict::granted);      // :tok
}

BOOST_AUTO_TEST_CASE(anything_else_is_wrong) {
  const access_rules rules("forge", secret("tok"), true);
  for (const char* value :
       {"Bearer to", "Bearer toks", "Basic dG9rOnVzZXI=", "Basic dG9r", "Basic !", "Basic ", "tok", "Digest tok"}) {
    BOOST_TEST_CONTEXT(value) BOOST_CHECK(rules.check(value, need::read) == verdict::wrong_credentials);
  }
}

BOOST_AUTO_TEST_CASE(the_anonymous_read_only_where_that_is_allowed_and_never_write) {
  const access_rules allowed("forge", secret("tok"), true);
  const access_rules closed("forge", secret("tok"), false);

  BOOST_CHECK(allowed.check(std::nullopt, need::read) == verdict::granted);
  BOOST_CHECK(allowed.check(std::nullopt, need::write) == verdict::no_credentials);
  BOOST_CHECK(closed.check(std::nullopt, need::read) == verdict::no_credentials);
}

BOOST_AUTO_TEST_SUITE_END()

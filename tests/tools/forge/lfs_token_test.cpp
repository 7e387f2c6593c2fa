#include "tools/forge/lfs_token.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::forge;

namespace lfs_token_test {

const secret key("a key");

}  // namespace lfs_token_test

BOOST_AUTO_TEST_SUITE(lfs_token_test)

BOOST_AUTO_TEST_CASE(a_token_is_good_until_its_end_and_not_longer) {
  const std::string token = mint_lfs_token(1000, key);
  BOOST_CHECK(check_lfs_token(token, 999, key) == signature_verdict::good);
  BOOST_CHECK(check_lfs_token(token, 1000, key) == signature_verdict::expired);
}

BOOST_AUTO_TEST_CASE(what_another_key_made_or_nobody_is_forged) {
  BOOST_CHECK(check_lfs_token(mint_lfs_token(1000, secret("another")), 1, key) == signature_verdict::forged);
  for (const char* value : {"", "Basic ", "Basic dTp0b2s=", "Bearer x"}) {
    BOOST_CHECK(check_lfs_token(value, 1, key) == signature_verdict::forged);
  }
}

BOOST_AUTO_TEST_CASE(a_signed_path_of_the_same_key_is_no_token) {
  const std::string signed_blob = sign_path("/blob/o/n/x", 1000, key);
  const std::string query = signed_blob.substr(signed_blob.find('?') + 1);
  BOOST_CHECK(check_signed_path("lfs-token", query, 1, key) == signature_verdict::forged);
}

BOOST_AUTO_TEST_SUITE_END()

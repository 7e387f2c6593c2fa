#include "tools/forge/signed_path.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::forge;

namespace signed_path_test {

const secret key("a key");
constexpr std::string_view path = "/blob/acme/model/abc";

std::string query_of(const std::string& target) {
  return target.substr(target.find('?') + 1);
}

bool is_good(std::string_view checked_path, std::string_view query, std::int64_t now, const secret& with) {
  return check_signed_path(checked_path, query, now, with) == signature_verdict::good;
}

}  // namespace signed_path_test

BOOST_AUTO_TEST_SUITE(signed_path_test)

BOOST_AUTO_TEST_CASE(a_signature_is_good_until_it_expires) {
  const std::string query = query_of(sign_path(path, 1000, key));

  BOOST_TEST(is_good(path, query, 999, key));
  BOOST_CHECK(check_signed_path(path, query, 1000, key) == signature_verdict::expired);
}

BOOST_AUTO_TEST_CASE(another_path_or_key_is_forged) {
  const std::string query = query_of(sign_path(path, 1000, key));

  BOOST_CHECK(check_signed_path("/blob/acme/model/abd", query, 0, key) == signature_verdict::forged);
  BOOST_CHECK(check_signed_path(path, query, 0, secret("another key")) == signature_verdict::forged);
}

BOOST_AUTO_TEST_CASE(a_longer_life_is_forged) {
  std::string query = query_of(sign_path(path, 1000, key));
  query.replace(query.find("1000"), 4, "9000");

  BOOST_CHECK(check_signed_path(path, query, 0, key) == signature_verdict::forged);
}

BOOST_AUTO_TEST_CASE(every_changed_or_missing_byte_is_forged) {
  const std::string query = query_of(sign_path(path, 1000, key));
  for (std::size_t i = 0; i < query.size(); ++i) {
    std::string changed = query;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    BOOST_TEST_CONTEXT(i) {
      BOOST_CHECK(!is_good(path, changed, 0, key));
      BOOST_CHECK(!is_good(path, query.substr(0, i), 0, key));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_query_value_is_found_by_its_whole_name) {
  BOOST_TEST(query_value("a=1&service=git-upload-pack&b=2", "service") == "git-upload-pack");
  BOOST_TEST(query_value("xservice=1", "service") == "");
  BOOST_TEST(query_value("service", "service") == "");
  BOOST_TEST(query_value("", "service") == "");
}

BOOST_AUTO_TEST_SUITE_END()

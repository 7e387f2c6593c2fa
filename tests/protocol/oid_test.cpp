#include "protocol/oid.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(oid_test)

BOOST_AUTO_TEST_CASE(a_git_oid_has_40_or_64_digits_of_either_case) {
  const std::string hex = "0123456789abcdef0123456789abcdef01234567";
  BOOST_TEST(git_oid::from_hex(hex).value().hex() == hex);
  BOOST_TEST(git_oid::from_hex("0123456789ABCDEF0123456789ABCDEF01234567").value().hex() == hex);
  BOOST_CHECK(git_oid::from_hex(std::string(64, 'a')).value().format() == object_format::sha256);
  for (const std::string& bad : {std::string(), hex.substr(1), hex + "0", std::string(40, 'g')}) {
    BOOST_TEST_CONTEXT(bad) BOOST_TEST(git_oid::from_hex(bad).has_error());
  }
}

BOOST_AUTO_TEST_CASE(an_lfs_oid_has_64_lower_case_digits) {
  BOOST_TEST(lfs_oid::from_hex(std::string(64, 'a')).value().hex() == std::string(64, 'a'));
  for (const std::string& bad : {std::string(64, 'A'), std::string(63, 'a'), std::string(65, 'a'), std::string()}) {
    BOOST_TEST_CONTEXT(bad) BOOST_TEST(lfs_oid::from_hex(bad).has_error());
  }
}

BOOST_AUTO_TEST_CASE(zero_means_no_object) {
  BOOST_TEST(git_oid::zero(object_format::sha1).is_zero());
  BOOST_TEST(git_oid::zero(object_format::sha256).hex() == std::string(64, '0'));
  BOOST_TEST(!git_oid::from_hex(std::string(40, '1')).value().is_zero());
}

BOOST_AUTO_TEST_SUITE_END()

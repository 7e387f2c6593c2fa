#include "protocol/lfs/pointer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/pointer_variants.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

BOOST_AUTO_TEST_SUITE(pointer_test)

BOOST_AUTO_TEST_CASE(what_git_lfs_takes_for_a_pointer_is_one) {
  for (const pointer_variant& r : accepted_pointers()) {
    BOOST_TEST_CONTEXT(r.what) {
      const auto object = lfs::parse_pointer(r.blob);
      BOOST_REQUIRE(object.has_value());
      BOOST_TEST(object->oid.hex() == variant_oid);
      BOOST_TEST(object->size.value() == r.size);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_git_lfs_refuses_is_not) {
  for (const pointer_variant& r : rejected_pointers()) {
    BOOST_TEST_CONTEXT(r.what) BOOST_TEST(!lfs::parse_pointer(r.blob).has_value());
  }
}

BOOST_AUTO_TEST_CASE(no_prefix_without_its_size_is_a_pointer) {
  const std::string blob = accepted_pointers().front().blob;
  const std::string whole = blob.substr(0, blob.find("size ") + 5);
  for (std::size_t n = 0; n <= whole.size(); ++n) BOOST_TEST(!lfs::parse_pointer(whole.substr(0, n)).has_value());
}

BOOST_AUTO_TEST_CASE(the_object_of_size_zero_is_never_transferred) {
  const auto with_size = [](char size) {
    return "version http://git-media.io/v/2\noid sha256:" + std::string(variant_oid) + "\nsize " + size;
  };

  BOOST_TEST(!lfs::is_transferable(*lfs::parse_pointer(with_size('0'))));
  BOOST_TEST(lfs::is_transferable(*lfs::parse_pointer(with_size('1'))));
}

BOOST_AUTO_TEST_CASE(every_pointer_begins_with_a_byte_that_may_begin_one) {
  for (const pointer_variant& r : accepted_pointers()) {
    BOOST_TEST_CONTEXT(r.what) BOOST_TEST(lfs::may_begin_pointer(static_cast<std::byte>(r.blob[0])));
  }
  for (const char other : {'o', 's', 'h', '\0', '\xFF'}) {
    BOOST_TEST(!lfs::may_begin_pointer(static_cast<std::byte>(other)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

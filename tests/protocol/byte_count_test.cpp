#include "protocol/byte_count.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(byte_count_test)

BOOST_AUTO_TEST_CASE(sizes_are_read_as_people_write_them) {
  struct row {
    const char* text;
    std::uint64_t bytes;
  };
  for (const row& r : {row{"65536", 65536}, row{"16MiB", 16U << 20}, row{"1GB", 1000000000}, row{"1.5GiB", 1610612736},
                       row{"64K", 65536}, row{"0", 0}, row{"2M", 2U << 20}, row{"3kB", 3000}}) {
    BOOST_TEST_CONTEXT(r.text) BOOST_TEST(parse_byte_count(r.text).value().value() == r.bytes);
  }
}

BOOST_AUTO_TEST_CASE(nonsense_is_a_bad_option) {
  for (const char* text : {"", "MiB", "-1", "+1", "1 MiB", "1XB", "inf", "nan", "1e3", "99999999999999999999", " 1"}) {
    BOOST_TEST_CONTEXT(text) {
      const auto read = parse_byte_count(text);
      BOOST_REQUIRE(read.has_error());
      BOOST_CHECK(read.error().code() == errc::bad_option);
    }
  }
}

BOOST_AUTO_TEST_CASE(amounts_are_shown_in_the_largest_unit_that_fits) {
  BOOST_TEST(to_text(0_B) == "0 B");
  BOOST_TEST(to_text(1023_B) == "1023 B");
  BOOST_TEST(to_text(1536_B) == "1.5 KiB");
  BOOST_TEST(to_text(4_GiB) == "4.0 GiB");
}

BOOST_AUTO_TEST_SUITE_END()

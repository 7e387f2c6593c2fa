#include "protocol/git/pack_entry.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/pack_builder.hpp"
#include "tests/support/unprinted_types.hpp"

using namespace hfpipe;
using namespace hfpipe::git;
using hfpipe::testing::pack_builder;

namespace pack_entry_test {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// The header of one entry of a pack with nothing else in it.
std::string header_of(const pack_builder& pack) {
  const std::string whole = pack.finish();
  return whole.substr(pack_header::size, whole.size() - pack_header::size - 20);
}

std::string repeated(char byte, std::size_t times, const std::string& end) {
  return std::string(times, byte) + end;
}

}  // namespace pack_entry_test

BOOST_AUTO_TEST_SUITE(pack_entry_test)

BOOST_AUTO_TEST_CASE(sizes_up_to_64_bits_are_read) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{15}, std::uint64_t{16}, std::uint64_t{2047},
                                   std::uint64_t{2048}, std::uint64_t{5} << 30, ~std::uint64_t{0}}) {
    BOOST_TEST_CONTEXT(size) {
      pack_builder pack;
      pack.add_raw(3, size, {}, {});
      const std::string header = header_of(pack);

      const auto entry = decode_pack_entry(bytes_of(header), object_format::sha1).value();

      BOOST_REQUIRE(entry.has_value());
      BOOST_TEST(entry->type == object_type::blob);
      BOOST_TEST(entry->inflated_size == size);
      BOOST_TEST(entry->header_size == header.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_distance_to_the_base_is_read) {
  // bytes and values as git's own encoder writes them
  const std::vector<std::pair<std::string, std::uint64_t>> rows{{"\x01", 1},
                                                                {"\x7f", 127},
                                                                {std::string("\x80\x00", 2), 128},
                                                                {"\xff\x7f", 16511},
                                                                {std::string("\x80\x80\x00", 3), 16512}};
  for (const auto& [encoded, distance] : rows) {
    BOOST_TEST_CONTEXT(distance) {
      const std::string header = "\x64" + encoded;

      const auto entry = decode_pack_entry(bytes_of(header), object_format::sha1).value();

      BOOST_REQUIRE(entry.has_value());
      BOOST_TEST(entry->base == delta_base::offset);
      BOOST_TEST(entry->inflated_size == 4U);
      BOOST_TEST(entry->distance == distance);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_base_named_by_oid_has_20_or_32_bytes) {
  for (const object_format format : {object_format::sha1, object_format::sha256}) {
    const std::string header = "\x74" + std::string(raw_size(format), '\xAB');

    const auto entry = decode_pack_entry(bytes_of(header), format).value();

    BOOST_REQUIRE((entry && entry->base_oid));
    BOOST_TEST(entry->base_oid->raw().size() == raw_size(format));
    BOOST_TEST(entry->header_size == 1 + raw_size(format));
  }
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_header_asks_for_more) {
  pack_builder by_oid;
  by_oid.add_raw(7, std::uint64_t{5} << 30, std::string(20, 'x'), {});
  pack_builder by_offset;
  by_offset.add_raw(6, 5000, "\xff\xff\x7f", {});
  for (const std::string& header : {header_of(by_oid), header_of(by_offset)}) {
    for (std::size_t n = 0; n < header.size(); ++n) {
      const auto entry = decode_pack_entry(bytes_of(header).first(n), object_format::sha1);
      BOOST_TEST_CONTEXT(n) BOOST_TEST((entry && !*entry));
    }
  }
}

BOOST_AUTO_TEST_CASE(numbers_beyond_64_bits_and_types_that_are_none_are_corrupt) {
  const std::vector<std::pair<const char*, std::string>> rows{
      {"type 0", std::string(1, '\0')},
      {"type 5", "\x54"},
      {"a 65th bit of size", repeated('\xbf', 9, "\x10")},
      {"eleven bytes of size", repeated('\xbf', 10, std::string(1, '\0'))},
      {"distance", "\x64" + repeated('\xff', 10, "\x7f")},
  };
  for (const auto& [what, header] : rows) {
    BOOST_TEST_CONTEXT(what) {
      const auto entry = decode_pack_entry(bytes_of(header), object_format::sha1);
      BOOST_REQUIRE(entry.has_error());
      BOOST_CHECK(entry.error().code() == errc::pack_corrupt);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_header_is_longer_than_the_limit) {
  const std::string size = repeated('\xff', 9, std::string(1, '\x0f'));
  const std::string by_oid = "\xf4" + size.substr(1) + std::string(32, 'x');

  const auto entry = decode_pack_entry(bytes_of(by_oid), object_format::sha256).value();

  BOOST_REQUIRE(entry.has_value());
  BOOST_TEST(entry->header_size == entry_header_limit);
}

BOOST_AUTO_TEST_CASE(a_pack_begins_with_its_name_a_known_version_and_a_count) {
  const auto decode = [](const std::string& text) {
    return decode_pack_header(bytes_of(text).first<pack_header::size>());
  };
  BOOST_TEST(decode(std::string("PACK\0\0\0\2\0\0\1\2", 12)).value().objects == 258U);
  BOOST_TEST(decode(std::string("PACK\0\0\0\3\xff\xff\xff\xff", 12)).value().objects == 0xffffffffU);
  BOOST_TEST(decode(std::string("PACK\0\0\0\4\0\0\0\0", 12)).has_error());
  BOOST_TEST(decode(std::string("PACK\0\0\0\1\0\0\0\0", 12)).has_error());
  BOOST_TEST(decode(std::string("JACK\0\0\0\2\0\0\0\0", 12)).has_error());
}

BOOST_AUTO_TEST_SUITE_END()

#include "protocol/git/delta.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/pack_builder.hpp"

using namespace hfpipe;
using hfpipe::testing::delta_number;
using hfpipe::testing::make_delta;

namespace delta_test {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

outcome<std::string> applied(const std::string& base, const std::string& delta, std::size_t result_size) {
  std::string result(result_size, '?');
  const auto done = git::apply_delta(bytes_of(base), bytes_of(delta), std::as_writable_bytes(std::span(result)));
  if (!done) return done.error();
  return result;
}

std::string header(std::uint64_t base, std::uint64_t result) {
  return delta_number(base) + delta_number(result);
}

}  // namespace delta_test

BOOST_AUTO_TEST_SUITE(delta_test)

BOOST_AUTO_TEST_CASE(copies_and_inserts_make_the_result) {
  const std::string delta = header(6, 9) + "\x91\x04\x02" + "\x03" + "xyz" + "\x90\x04";
  BOOST_TEST(applied("abcdef", delta, 9).value() == "efxyzabcd");
}

BOOST_AUTO_TEST_CASE(a_delta_made_from_two_texts_gives_the_second) {
  const std::string base = std::string(70'000, 'a') + "middle" + std::string(300, 'b');
  for (const std::string& result : {base, std::string(70'000, 'a') + std::string(200, 'z') + std::string(300, 'b'),
                                    std::string("other"), std::string(), std::string(200'000, 'q')}) {
    BOOST_TEST((applied(base, make_delta(base, result), result.size()).value() == result));
  }
}

BOOST_AUTO_TEST_CASE(a_copy_without_size_bytes_copies_64_KiB) {
  const std::string base(70'000, 'a');
  BOOST_TEST((applied(base, header(70'000, 0x10000) + "\x80", 0x10000).value() == std::string(0x10000, 'a')));
}

BOOST_AUTO_TEST_CASE(all_offset_and_size_bytes_count) {
  std::string base(0x1020304 + 0x10203, 'a');
  base[0x1020304] = 'x';
  const std::string result =
      applied(base, header(base.size(), 0x10203) + "\xff\x04\x03\x02\x01\x03\x02\x01", 0x10203).value();
  BOOST_TEST(result[0] == 'x');
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_its_base_or_result_is_corrupt) {
  const std::vector<std::pair<const char*, std::string>> rows{
      {"nothing", ""},
      {"one size only", delta_number(3)},
      {"base of another size", header(4, 3) + "\x90\x03"},
      {"result of another size", header(3, 4) + "\x90\x03"},
      {"result too short", header(3, 3) + "\x90\x02"},
      {"result too long", header(3, 3) + "\x90\x03\x01x"},
      {"no instruction", header(3, 3)},
      {"copy behind the end", header(3, 3) + "\x91\x01\x03"},
      {"copy from behind the end", header(3, 3) + "\x91\x04\x01"},
      {"copy from far behind the end", header(3, 3) + "\x9f\xff\xff\xff\xff\x03"},
      {"copy without its offset", header(3, 3) + "\x91"},
      {"copy without its size", header(3, 3) + "\x91\x01"},
      {"insert cut short", header(3, 3) + "\x03xy"},
      {"reserved instruction", header(3, 3) + std::string(1, '\0')},
      {"base size beyond 64 bits", std::string(9, '\xff') + "\x02" + delta_number(3) + "\x90\x03"},
      {"base size of eleven bytes", std::string(10, '\x80') + '\x03' + delta_number(3) + "\x90\x03"},
  };
  for (const auto& [what, delta] : rows) {
    BOOST_TEST_CONTEXT(what) {
      const auto result = applied("abc", delta, 3);
      BOOST_REQUIRE(result.has_error());
      BOOST_CHECK(result.error().code() == errc::pack_corrupt);
    }
  }
}

BOOST_AUTO_TEST_CASE(sizes_up_to_64_bits_are_read) {
  const std::string delta = header(~std::uint64_t{0}, std::uint64_t{5} << 30);
  const git::delta_header sizes = git::decode_delta_header(bytes_of(delta)).value();
  BOOST_TEST(sizes.base_size == ~std::uint64_t{0});
  BOOST_TEST(sizes.result_size == std::uint64_t{5} << 30);
  BOOST_TEST(sizes.header_size == delta.size());
}

BOOST_AUTO_TEST_CASE(the_first_byte_is_known_only_when_inserted) {
  BOOST_CHECK(git::first_inserted_byte(bytes_of(header(3, 5) + "\x02vw\x90\x03")) == std::byte{'v'});
  BOOST_CHECK(!git::first_inserted_byte(bytes_of(header(3, 5) + "\x90\x03\x02vw")));
  BOOST_CHECK(!git::first_inserted_byte(bytes_of(header(3, 5))));
  BOOST_CHECK(!git::first_inserted_byte(bytes_of(header(3, 5) + std::string("\0v", 2))));
}

BOOST_AUTO_TEST_SUITE_END()

#include "protocol/gzip.hpp"

#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>

namespace gzip_test {

/// What zlib's own reader makes of one gzip member.
std::string unpacked(std::string packed, std::size_t size) {
  std::string text(size, '\0');
  z_stream stream{};
  BOOST_REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int state = inflate(&stream, Z_FINISH);
  BOOST_TEST(state == Z_STREAM_END);
  BOOST_TEST(stream.total_out == size);
  BOOST_TEST(stream.avail_in == 0U);
  inflateEnd(&stream);
  return text;
}

}  // namespace gzip_test

BOOST_AUTO_TEST_SUITE(gzip_test)

BOOST_AUTO_TEST_CASE(any_reader_gets_the_text_back) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>((i * i) >> 3);
    BOOST_TEST_CONTEXT(size) BOOST_TEST((unpacked(hfpipe::gzip(text), size) == text));
  }
}

BOOST_AUTO_TEST_CASE(text_that_repeats_becomes_small) {
  BOOST_TEST(hfpipe::gzip(std::string(100'000, 'x')).size() < 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

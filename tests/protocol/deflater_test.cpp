#include "protocol/deflater.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "protocol/inflater.hpp"

using namespace hfpipe;

namespace deflater_test {

std::vector<std::byte> bytes(std::size_t size) {
  std::vector<std::byte> made(size);
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<std::byte>((i * 31) ^ (i >> 7));
  return made;
}

/// The stream that comes out when each call gets `room` bytes.
std::vector<std::byte> deflated(deflater& packer, std::span<const std::byte> input, std::size_t room) {
  std::vector<std::byte> out, some(room);
  for (bool ended = false; !ended;) {
    const auto step = packer.deflate(input, some);
    input = input.subspan(step.consumed);
    out.insert(out.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(step.produced));
    ended = step.ended;
    BOOST_REQUIRE(ended || step.consumed + step.produced != 0);
  }
  BOOST_TEST(input.empty());
  return out;
}

std::vector<std::byte> inflated(std::span<const std::byte> stream, std::size_t size) {
  inflater zlib;
  std::vector<std::byte> out(size + 1);
  const auto step = zlib.inflate(stream, out).value();
  BOOST_TEST(step.ended);
  BOOST_TEST(step.consumed == stream.size());
  out.resize(step.produced);
  return out;
}

}  // namespace deflater_test

BOOST_AUTO_TEST_SUITE(deflater_test)

BOOST_AUTO_TEST_CASE(what_went_in_comes_out_whatever_the_room) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{70'000}}) {
    const auto input = bytes(size);
    for (const std::size_t room : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20}) {
      deflater packer;
      BOOST_TEST_CONTEXT(size << " bytes, room for " << room) {
        BOOST_TEST((inflated(deflated(packer, input, room), size) == input));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_room_changes_nothing_of_the_stream) {
  const auto input = bytes(5000);
  deflater one, other;
  BOOST_TEST((deflated(one, input, 3) == deflated(other, input, 100'000)));
}

BOOST_AUTO_TEST_CASE(a_restart_forgets_what_was_begun) {
  const auto input = bytes(3000);
  deflater packer;
  std::vector<std::byte> some(10);
  packer.deflate(bytes(100'000), some);
  packer.restart();
  BOOST_TEST((inflated(deflated(packer, input, 64), input.size()) == input));
}

BOOST_AUTO_TEST_SUITE_END()

#include "protocol/inflater.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/pack_builder.hpp"

using namespace hfpipe;

namespace inflater_test {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// All that comes out when the stream is given in pieces of `piece` and taken in rooms of `room`.
std::string inflated(inflater& zlib, std::span<const std::byte> input, std::size_t piece, std::size_t room) {
  std::string out;
  std::string taken(room, '\0');
  while (true) {
    const auto offered = input.first(std::min(piece, input.size()));
    const auto step = zlib.inflate(offered, std::as_writable_bytes(std::span(taken)));
    BOOST_REQUIRE(step.has_value());
    out += taken.substr(0, step->produced);
    input = input.subspan(step->consumed);
    if (step->ended) return out;
    BOOST_REQUIRE((step->consumed != 0 || step->produced != 0));
  }
}

std::string sample() {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "line " + std::to_string(i * i) + "\n";
  return text;
}

}  // namespace inflater_test

BOOST_AUTO_TEST_SUITE(inflater_test)

BOOST_AUTO_TEST_CASE(any_split_of_input_and_output_gives_the_same_bytes) {
  const std::string stream = testing::compressed(sample());
  inflater zlib;

  for (const std::size_t piece : {1U, 2U, 7U, 100U, 5000U}) {
    for (const std::size_t room : {1U, 3U, 64U, 5000U}) {
      BOOST_TEST_CONTEXT(piece << " in, " << room << " out") {
        zlib.restart();
        BOOST_TEST(inflated(zlib, bytes_of(stream), piece, room) == sample());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_follows_the_stream_is_left_alone) {
  const std::string stream = testing::compressed("abc");
  inflater zlib;
  std::array<std::byte, 16> room;

  const auto step = zlib.inflate(bytes_of(stream + "next"), room);

  BOOST_REQUIRE((step && step->ended));
  BOOST_TEST(step->consumed == stream.size());
  BOOST_TEST(step->produced == 3U);
}

BOOST_AUTO_TEST_CASE(an_empty_stream_ends_without_output) {
  const std::string stream = testing::compressed("");
  inflater zlib;
  std::array<std::byte, 1> room;

  const auto step = zlib.inflate(bytes_of(stream), room);

  BOOST_REQUIRE((step && step->ended));
  BOOST_TEST(step->produced == 0U);
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_is_seen) {
  std::string stream = testing::compressed("abc");
  stream.back() ^= 1;
  inflater zlib;
  std::array<std::byte, 16> room;

  BOOST_TEST(!zlib.inflate(bytes_of(stream), room).has_value());
}

BOOST_AUTO_TEST_CASE(after_a_broken_stream_a_restart_helps) {
  const std::string broken = "no zlib stream";
  const std::string stream = testing::compressed("abc");
  inflater zlib;
  std::array<std::byte, 16> room;
  BOOST_REQUIRE(!zlib.inflate(bytes_of(broken), room).has_value());

  zlib.restart();

  BOOST_TEST(inflated(zlib, bytes_of(stream), 100, 16) == "abc");
}

BOOST_AUTO_TEST_CASE(a_whole_stream_is_inflated_at_once_and_what_follows_left_alone) {
  inflater zlib;
  for (const std::string& text : {std::string(), std::string("abc"), sample()}) {
    const std::string stream = testing::compressed(text);
    for (const std::size_t more : {0U, 1U, 100U}) {
      std::string room(text.size() + more, '\0');
      const auto step = zlib.inflate_whole(bytes_of(stream + "next"), std::as_writable_bytes(std::span(room)));
      BOOST_REQUIRE((step && step->ended));
      BOOST_TEST(step->consumed == stream.size());
      BOOST_TEST(room.substr(0, step->produced) == text);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_whole_is_left_to_the_other_way_untouched) {
  const std::string stream = testing::compressed(sample());
  std::string wrong = stream;
  wrong.back() ^= 1;
  std::string small(sample().size() - 1, '\0');
  std::string room(sample().size(), '\0');
  inflater zlib;
  for (std::size_t cut = 0; cut < stream.size(); ++cut) {
    const auto part = bytes_of(stream).first(cut);
    BOOST_TEST(!zlib.inflate_whole(part, std::as_writable_bytes(std::span(room))).has_value(), cut);
  }
  BOOST_TEST(!zlib.inflate_whole(bytes_of(stream), std::as_writable_bytes(std::span(small))).has_value());
  BOOST_TEST(!zlib.inflate_whole(bytes_of(wrong), std::as_writable_bytes(std::span(room))).has_value());
  BOOST_TEST(inflated(zlib, bytes_of(stream), 100, 100) == sample());
}

BOOST_AUTO_TEST_SUITE_END()

#include "protocol/git/pkt_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/every_split.hpp"
#include "tests/support/fails_with.hpp"

using namespace hfpipe;
using namespace hfpipe::git;
using namespace std::string_literals;
using testing::at_every_split;
using testing::bytes_of;
using testing::fails_with;
using testing::pieces;

namespace pkt_reader_test {

/// What was read, as text: `T:` lines, `1:` `2:` `3:` for bands (pieces of one packet joined), `F` `D` `R` for marks.
struct transcript {
  std::string text;
  errc failed_with = errc::internal;
  bool at_boundary = true;
};

transcript read(const pieces& input) {
  transcript seen;
  pkt_reader reader;
  bool in_packet = false;
  for (const auto& piece : input) {
    std::span<const std::byte> rest = piece;
    while (true) {
      const auto event = reader.next(rest);
      if (event.has_error()) {
        seen.failed_with = event.error().code();
        return seen;
      }
      if (!*event) break;
      if (const auto* line = std::get_if<pkt_text>(&**event)) seen.text += "T:" + std::string(line->text) + "|";
      if (const auto* part = std::get_if<band_piece>(&**event)) {
        if (!in_packet) seen.text += std::to_string(static_cast<int>(part->which)) + ":";
        for (const auto b : part->bytes) seen.text += std::to_integer<char>(b);
        in_packet = !part->ends_packet;
        if (!in_packet) seen.text += "|";
      }
      if (const auto* mark = std::get_if<pkt_mark>(&**event)) {
        seen.text += mark->kind == pkt_kind::flush ? "F|" : mark->kind == pkt_kind::delim ? "D|" : "R|";
      }
    }
    BOOST_TEST(rest.empty());
  }
  seen.at_boundary = reader.at_boundary();
  return seen;
}

}  // namespace pkt_reader_test

BOOST_AUTO_TEST_SUITE(pkt_reader_test)

BOOST_AUTO_TEST_CASE(case_39_lines_bands_and_marks_are_the_same_at_every_split) {
  const auto whole =
      "0009line\n00010006\x01"
      "a0005\x01"
      "000a\x02words00040002"
      "0008\x03"
      "bad0000"s;
  at_every_split(whole, [](const pieces& input) {
    const auto seen = read(input);
    BOOST_TEST(seen.text == "T:line|D|1:a|1:|2:words|T:|R|3:bad|F|");
    BOOST_TEST(seen.at_boundary);
  });
}

BOOST_AUTO_TEST_CASE(band_bytes_view_the_input) {
  const auto whole = "000a\x01hello"s;
  const auto first = bytes_of(whole).first(7);
  pkt_reader reader;
  auto rest = first;
  const auto event = reader.next(rest).value();
  BOOST_TEST(std::get<band_piece>(*event).bytes.data() == first.data() + 5);
}

BOOST_AUTO_TEST_CASE(every_proper_prefix_of_a_packet_is_off_the_boundary) {
  const auto line = "0009line\n"s;
  const auto band = "0009\x01line"s;
  for (const auto& packet : {line, band}) {
    for (std::size_t size = 1; size < packet.size(); ++size) {
      const auto seen = read({testing::copy_of(bytes_of(packet).first(size))});
      BOOST_TEST_CONTEXT(size) BOOST_TEST(!seen.at_boundary);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_err_line_fails_at_every_split) {
  at_every_split("0006a\n000bERR no\n",
                 [](const pieces& input) { BOOST_CHECK(read(input).failed_with == errc::remote_error); });
}

BOOST_AUTO_TEST_CASE(err_inside_a_band_is_content) {
  BOOST_TEST(read({testing::copy_of(bytes_of("000b\x01"
                                             "ERR no"))})
                 .text == "1:ERR no|");
}

BOOST_AUTO_TEST_CASE(broken_framing_fails_at_every_split) {
  at_every_split("0006a\n0003",
                 [](const pieces& input) { BOOST_CHECK(read(input).failed_with == errc::bad_pkt_line); });
}

BOOST_AUTO_TEST_CASE(the_longest_packet_passes) {
  const auto whole = "fff0\x01" + std::string(65515, 'x');
  const auto seen =
      read({testing::copy_of(bytes_of(whole).first(30'000)), testing::copy_of(bytes_of(whole).subspan(30'000))});
  BOOST_TEST(seen.text.size() == 65515U + 3U);
}

BOOST_AUTO_TEST_SUITE_END()

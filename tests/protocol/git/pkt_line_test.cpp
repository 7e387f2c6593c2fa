#include "protocol/git/pkt_line.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/every_split.hpp"
#include "tests/support/fails_with.hpp"

using namespace hfpipe;
using namespace hfpipe::git;
using testing::bytes_of;
using testing::fails_with;

namespace pkt_line_test {

outcome<std::variant<pkt_line, need_more>> decode(std::string_view input) {
  return decode_pkt_line(bytes_of(input));
}

std::size_t needed(std::string_view input) {
  return std::get<need_more>(decode(input).value()).bytes;
}

}  // namespace pkt_line_test

BOOST_AUTO_TEST_SUITE(pkt_line_test)

BOOST_AUTO_TEST_CASE(the_short_lengths_are_marks) {
  const std::pair<const char*, pkt_kind> table[]{
      {"0000", pkt_kind::flush}, {"0001", pkt_kind::delim}, {"0002", pkt_kind::response_end}};
  for (const auto& [text, kind] : table) {
    BOOST_TEST_CONTEXT(text) {
      const auto read = std::get<pkt_line>(decode(text).value());
      BOOST_CHECK(read.kind == kind);
      BOOST_TEST(read.size == 4U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_payload_views_the_input_and_leaves_what_follows) {
  const std::string_view input = "0008ab\n\nrest";
  const auto read = std::get<pkt_line>(decode(input).value());
  BOOST_CHECK(read.kind == pkt_kind::data);
  BOOST_TEST(read.size == 8U);
  BOOST_TEST(read.payload.data() == bytes_of(input).data() + 4);
  BOOST_TEST(text_of(read.payload) == "ab\n");
}

BOOST_AUTO_TEST_CASE(length_four_is_legal_and_empty) {
  const auto read = std::get<pkt_line>(decode("0004").value());
  BOOST_CHECK(read.kind == pkt_kind::data);
  BOOST_TEST(read.payload.empty());
}

BOOST_AUTO_TEST_CASE(upper_case_digits_are_accepted) {
  BOOST_TEST(std::get<pkt_line>(decode("000Aabcdef").value()).size == 10U);
}

BOOST_AUTO_TEST_CASE(length_three_is_corrupt) {
  BOOST_TEST(fails_with(decode("0003"), errc::bad_pkt_line));
}

BOOST_AUTO_TEST_CASE(the_longest_packet_is_taken_and_one_byte_more_is_corrupt) {
  BOOST_TEST(needed("fff0") == 65516U);
  BOOST_TEST(fails_with(decode("fff1"), errc::bad_pkt_line));
}

BOOST_AUTO_TEST_CASE(anything_but_hex_is_corrupt_at_its_first_byte) {
  for (const char* input : {"<", "0g", "00-", "000 ", "<!DOCTYPE html>", "+001"}) {
    BOOST_TEST_CONTEXT(input) BOOST_TEST(fails_with(decode(input), errc::bad_pkt_line));
  }
}

BOOST_AUTO_TEST_CASE(every_prefix_asks_for_the_bytes_that_its_digits_promise) {
  const std::string_view whole = "0009hello";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST_CONTEXT(size) BOOST_TEST(needed(whole.substr(0, size)) == (size < 4 ? 4 - size : 9 - size));
  }
}

BOOST_AUTO_TEST_CASE(encoders_write_what_the_decoder_reads) {
  std::string written;
  append_text_line(written, "done");
  append_delim(written);
  append_pkt_line(written, "x");
  append_flush(written);
  BOOST_TEST(written == "0009done\n00010005x0000");
}

BOOST_AUTO_TEST_CASE(only_a_line_that_begins_with_err_is_fatal) {
  BOOST_TEST(fatal_words_of("ERR no").value() == "no");
  BOOST_TEST(!fatal_words_of("ERRno"));
  BOOST_TEST(!fatal_words_of(" ERR no"));
}

BOOST_AUTO_TEST_CASE(not_our_ref_means_that_a_ref_vanished) {
  BOOST_CHECK(refusal_of("upload-pack: not our ref 1111").code() == errc::ref_vanished);
  BOOST_CHECK(refusal_of("filter not supported").code() == errc::remote_error);
}

BOOST_AUTO_TEST_CASE(server_words_are_cleaned_and_lose_their_nul) {
  using namespace std::string_view_literals;
  BOOST_TEST(refusal_of("aborting\x1b.\0"sv).detail() == "server said: aborting\\x1b.");
}

BOOST_AUTO_TEST_CASE(a_refusal_shows_no_secret_of_a_url) {
  BOOST_TEST(refusal_of("no https://u:canary@h/x.git?token=canary").detail() ==
             "server said: no https://...@h/x.git?...");
}

BOOST_AUTO_TEST_SUITE_END()

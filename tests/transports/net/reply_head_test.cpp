#include "transports/net/reply_head.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

using namespace hfpipe;

namespace reply_head_test {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace reply_head_test

BOOST_AUTO_TEST_SUITE(reply_head_test)

BOOST_AUTO_TEST_CASE(status_and_headers_are_read) {
  const auto read = net::parse_head(bytes_of("HTTP/1.1 206 Partial Content\r\nX-A: b c \r\nx-a: d\r\n\r\n")).value();

  BOOST_TEST(read.head.status == 206);
  BOOST_TEST(read.head.header("x-A").value() == "b c");
  BOOST_TEST(read.head.headers.size() == 2u);
  BOOST_TEST(read.keeps_alive);
}

BOOST_AUTO_TEST_CASE(an_empty_reason_is_read) {
  BOOST_TEST(net::parse_head(bytes_of("HTTP/1.1 200 \r\n\r\n")).value().head.status == 200);
}

BOOST_AUTO_TEST_CASE(http_1_0_does_not_keep_alive) {
  BOOST_TEST(!net::parse_head(bytes_of("HTTP/1.0 200 OK\r\n\r\n")).value().keeps_alive);
}

BOOST_AUTO_TEST_CASE(what_is_no_header_block_is_bad_http) {
  for (const std::string_view block :
       {"\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 000 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: \001\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\r\nmore"}) {
    const auto got = net::parse_head(bytes_of(block));
    BOOST_REQUIRE_MESSAGE(!got, block);
    BOOST_TEST((got.error().code() == errc::bad_http_reply), block);
  }
}

BOOST_AUTO_TEST_CASE(the_end_is_found_wherever_the_bytes_were_cut) {
  constexpr std::string_view block = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
  constexpr std::string_view wire = "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\r\n\r\n";
  for (std::size_t seen = 0; seen < block.size(); ++seen) {
    BOOST_TEST(net::end_of_head(bytes_of(wire.substr(0, seen)), 0) == 0u, "of " << seen);
    BOOST_TEST(net::end_of_head(bytes_of(wire), seen) == block.size(), "after " << seen);
  }
}

BOOST_AUTO_TEST_CASE(another_protocol_is_known_by_its_first_byte) {
  BOOST_TEST(net::may_be_reply({}));
  BOOST_TEST(net::may_be_reply(bytes_of("HTT")));
  BOOST_TEST(net::may_be_reply(bytes_of("HTTP/1.1 200")));
  BOOST_TEST(!net::may_be_reply(bytes_of("S")));
  BOOST_TEST(!net::may_be_reply(bytes_of("HTTP/2")));
}

BOOST_AUTO_TEST_CASE(a_port_that_speaks_tls_is_told_apart_by_its_alert) {
  BOOST_TEST(net::no_reply(bytes_of("\x15\x03\x01")).hint() == "that port speaks TLS: write https://");
  BOOST_TEST(net::no_reply(bytes_of("SSH-2.0")).hint().find("https://") == std::string_view::npos);
}

BOOST_AUTO_TEST_SUITE_END()

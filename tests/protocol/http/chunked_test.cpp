#include "protocol/http/chunked.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <string_view>

using namespace hfpipe;

namespace chunked_test {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

struct decoded {
  std::string body;
  std::string rest;  ///< what follows the end
  bool ended = false;
  std::optional<errc> broken;
  bool operator==(const decoded&) const = default;
};

/// Decodes `wire`, received in the pieces that `cuts` makes of it.
decoded decode(std::string_view wire, std::vector<std::size_t> cuts) {
  decoded result;
  http::chunked_decoder decoder;
  cuts.push_back(wire.size());
  std::size_t from = 0;
  for (const auto to : cuts) {
    std::string_view piece = wire.substr(from, to - from);
    from = to;
    while (!piece.empty() && !decoder.ended()) {
      if (decoder.due() != byte_count(0)) {
        const auto now = std::min<std::size_t>(piece.size(), decoder.due().as_size());
        result.body += piece.substr(0, now);
        decoder.passed(byte_count(now));
        piece.remove_prefix(now);
        continue;
      }
      const auto taken = decoder.take(bytes_of(piece));
      if (!taken) {
        result.broken = taken.error().code();
        return result;
      }
      piece.remove_prefix(*taken);
    }
    result.rest += piece;
  }
  result.ended = decoder.ended();
  return result;
}

decoded decode(std::string_view wire) {
  return decode(wire, {});
}

struct row {
  std::string_view name;
  std::string_view wire;
};

}  // namespace chunked_test

BOOST_AUTO_TEST_SUITE(chunked_test)

BOOST_AUTO_TEST_CASE(every_split_gives_the_same_body) {
  constexpr std::string_view wire =
      "5\r\nhello\r\n1a;name=\"v;x\"\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\nHTTP/1.1";
  const decoded expected{"helloabcdefghijklmnopqrstuvwxyz", "HTTP/1.1", true, {}};
  for (std::size_t a = 0; a <= wire.size(); ++a) {
    for (std::size_t b = a; b <= wire.size(); ++b) {
      const auto got = decode(wire, {a, b});
      BOOST_REQUIRE_MESSAGE(got == expected, "cut at " << a << " and " << b << ": " << got.body);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_proper_prefix_has_not_ended) {
  constexpr std::string_view wire = "3\r\nabc\r\n0\r\nT: x\r\n\r\n";
  for (std::size_t length = 0; length < wire.size(); ++length) {
    const auto got = decode(wire.substr(0, length));
    BOOST_TEST(!got.ended, "prefix of " << length);
    BOOST_TEST(!got.broken.has_value(), "prefix of " << length);
  }
}

BOOST_AUTO_TEST_CASE(what_servers_really_send_is_read) {
  constexpr row rows[] = {
      {"upper-case digits", "A\r\n0123456789\r\n0\r\n\r\n"},
      {"leading zeros", "000a\r\n0123456789\r\n0000\r\n\r\n"},
      {"padded with spaces", "a  \r\n0123456789\r\n0  \r\n\r\n"},
      {"extension without value", "a;x\r\n0123456789\r\n0;y\r\n\r\n"},
  };
  for (const auto& each : rows) {
    const auto got = decode(each.wire);
    BOOST_TEST(got.body == "0123456789", each.name);
    BOOST_TEST(got.ended, each.name);
  }
}

BOOST_AUTO_TEST_CASE(broken_framing_is_bad_http) {
  constexpr row rows[] = {
      {"no size", "\r\nabc\r\n"},
      {"negative size", "-1\r\nabc\r\n"},
      {"hexadecimal prefix", "0x3\r\nabc\r\n"},
      {"extension without a size", ";x\r\nabc\r\n"},
      {"beyond 64 bits", "10000000000000000\r\n"},
      {"line feed alone", "3\nabc\r\n"},
      {"carriage return alone", "3\rabc\r\n"},
      {"data longer than its size", "3\r\nabcd\r\n"},
      {"data without a line feed", "3\r\nabc\rX"},
      {"control character in an extension", "3;\001\r\nabc\r\n"},
      {"control character in a trailer", "0\r\nX: \001\r\n\r\n"},
      {"trailer starts with a control character", "0\r\n\001\r\n\r\n"},
      {"end without a line feed", "0\r\n\rX"},
  };
  for (const auto& each : rows) {
    const auto got = decode(each.wire);
    BOOST_TEST((got.broken == errc::bad_http_reply), each.name);
  }
}

BOOST_AUTO_TEST_CASE(the_largest_size_is_read_and_sizes_nothing) {
  http::chunked_decoder decoder;

  BOOST_TEST(decoder.take(bytes_of("ffffffffffffffff\r\n")).value() == 18u);

  BOOST_TEST(decoder.due().value() == 0xffff'ffff'ffff'ffffu);
}

BOOST_AUTO_TEST_CASE(an_endless_size_line_is_refused) {
  const auto got = decode("1;" + std::string(http::chunk_line_limit, 'x'));

  BOOST_TEST((got.broken == errc::limit_exceeded));
}

BOOST_AUTO_TEST_CASE(endless_zeros_are_refused) {
  const auto got = decode(std::string(http::chunk_line_limit + 1, '0'));

  BOOST_TEST((got.broken == errc::limit_exceeded));
}

BOOST_AUTO_TEST_CASE(endless_trailers_are_refused) {
  std::string wire = "0\r\n";
  while (wire.size() < 2 * http::trailer_limit) wire += "X: y\r\n";

  BOOST_TEST((decode(wire).broken == errc::limit_exceeded));
}

BOOST_AUTO_TEST_SUITE_END()

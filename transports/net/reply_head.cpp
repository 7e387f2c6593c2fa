#include "transports/net/reply_head.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <string_view>
#include <utility>

namespace hfpipe::net {
namespace {

namespace beast_http = boost::beast::http;

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::size_t end_of_head(std::span<const std::byte> received, std::size_t seen) {
  constexpr std::string_view blank = "\r\n\r\n";
  const auto from = seen < blank.size() ? 0 : seen - (blank.size() - 1);
  const auto found = as_text(received).find(blank, from);
  return found == std::string_view::npos ? 0 : found + blank.size();
}

bool may_be_reply(std::span<const std::byte> received) {
  constexpr std::string_view start = "HTTP/1.";
  const auto length = std::min(received.size(), start.size());
  return as_text(received).substr(0, length) == start.substr(0, length);
}

failure no_reply(std::span<const std::byte> received) {
  constexpr std::byte alert{21};  // RFC 8446, 5.1: the type of the record that a TLS server answers our words with
  failure why = failure(errc::bad_http_reply).detail("it does not start with HTTP/1");
  if (received.empty() || received.front() != alert) return why;
  return std::move(why).hint("that port speaks TLS: write https://");
}

outcome<received_head> parse_head(std::span<const std::byte> block) {
  beast_http::response_parser<beast_http::empty_body> parser;
  parser.header_limit(header_block_limit);
  parser.body_limit(boost::none);
  parser.skip(true);  // the body is read by reply_reader, which also judges its framing
  boost::system::error_code error;
  const auto taken = parser.put(boost::asio::buffer(block.data(), block.size()), error);
  if (error || !parser.is_header_done() || taken != block.size()) {
    return failure(errc::bad_http_reply)
        .detail(error ? error.message() : "the header block does not end where it must");
  }
  if (parser.get().result_int() < 100) return failure(errc::bad_http_reply).detail("a status below 100");
  received_head read;
  read.head.status = static_cast<int>(parser.get().result_int());
  read.keeps_alive = parser.get().version() == 11;
  for (const auto& field : parser.get()) read.head.headers.emplace_back(field.name_string(), field.value());
  return read;
}

}  // namespace hfpipe::net

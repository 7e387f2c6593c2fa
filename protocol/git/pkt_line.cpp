#include "protocol/git/pkt_line.hpp"

#include <algorithm>

namespace hfpipe::git {

namespace {

int digit_value(std::byte digit) {
  const auto c = std::to_integer<char>(digit);
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

failure broken_length(std::span<const std::byte> digits) {
  const std::string_view shown(reinterpret_cast<const char*>(digits.data()), digits.size());
  return failure(errc::bad_pkt_line).detail("length '" + clean_server_text(shown) + "'");
}

}  // namespace

outcome<std::variant<pkt_line, need_more>> decode_pkt_line(std::span<const std::byte> input) {
  using answer = std::variant<pkt_line, need_more>;
  const auto digits = input.first(std::min(input.size(), pkt_length_digits));
  std::size_t length = 0;
  for (const std::byte digit : digits) {
    const int value = digit_value(digit);
    if (value < 0) return broken_length(digits);  // at once: a web page must not make us wait for its fourth byte
    length = length << 4 | static_cast<std::size_t>(value);
  }
  if (digits.size() < pkt_length_digits) return answer(need_more{pkt_length_digits - digits.size()});

  switch (length) {
    case 0:
      return answer(pkt_line{pkt_kind::flush, {}, pkt_length_digits});
    case 1:
      return answer(pkt_line{pkt_kind::delim, {}, pkt_length_digits});
    case 2:
      return answer(pkt_line{pkt_kind::response_end, {}, pkt_length_digits});
    case 3:
      return broken_length(digits);
    default:
      break;
  }
  if (length > pkt_line_limit) return broken_length(digits);
  if (input.size() < length) return answer(need_more{length - input.size()});
  return answer(pkt_line{pkt_kind::data, input.subspan(pkt_length_digits, length - pkt_length_digits), length});
}

std::string_view text_of(std::span<const std::byte> payload) {
  std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> fatal_words_of(std::string_view line) {
  constexpr std::string_view mark = "ERR ";
  if (!line.starts_with(mark)) return std::nullopt;
  return line.substr(mark.size());
}

failure refusal_of(std::string_view server_words) {
  std::string words(server_words);
  std::erase(words, '\0');
  const bool vanished = words.find("not our ref") != std::string::npos;
  return failure(vanished ? errc::ref_vanished : errc::remote_error)
      .detail("server said: " + clean_server_text(server_words));
}

void append_pkt_line(std::string& to, std::string_view payload) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::size_t length = payload.size() + pkt_length_digits;
  for (const unsigned shift : {12U, 8U, 4U, 0U}) to += digits[length >> shift & 15];
  to += payload;
}

void append_text_line(std::string& to, std::string_view text) {
  append_pkt_line(to, std::string(text) + '\n');
}

void append_flush(std::string& to) {
  to += "0000";
}

void append_delim(std::string& to) {
  to += "0001";
}

}  // namespace hfpipe::git

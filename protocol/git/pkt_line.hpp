#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/failure.hpp"

// git pkt-line: four hex digits that count themselves and the payload; 0000 to 0002 are marks without payload.

namespace hfpipe::git {

enum class pkt_kind { data, flush, delim, response_end };

struct pkt_line {
  pkt_kind kind;
  std::span<const std::byte> payload;  ///< views the input; empty for marks and for the legal, empty 0004
  std::size_t size;                    ///< bytes of the input that it takes, its length digits included
};

/// So many bytes more, at the least, before the next pkt-line can be told.
struct need_more {
  std::size_t bytes;
};

/// git's LARGE_PACKET_MAX: the longest pkt-line, its four digits included.
inline constexpr std::size_t pkt_line_limit = 65520;
inline constexpr std::size_t pkt_length_digits = 4;

/// Reads the first pkt-line of `input`. Fails with errc::bad_pkt_line: no hex digits, 0003, longer than pkt_line_limit.
outcome<std::variant<pkt_line, need_more>> decode_pkt_line(std::span<const std::byte> input);

/// The payload as text, without the one line end that it may have. Views `payload`.
std::string_view text_of(std::span<const std::byte> payload);

/// The server's words, if this line is its fatal `ERR words`. Views `line`.
std::optional<std::string_view> fatal_words_of(std::string_view line);

/// What a server's fatal words mean: "not our ref" is errc::ref_vanished, everything else errc::remote_error.
/// The words become the detail, cleaned; NUL bytes, which git leaves at their end, are dropped.
failure refusal_of(std::string_view server_words);

/// Encoders; each appends to `to`. Precondition: the payload fits in a pkt-line.
void append_pkt_line(std::string& to, std::string_view payload);
void append_text_line(std::string& to, std::string_view text);  ///< the same with a line end
void append_flush(std::string& to);
void append_delim(std::string& to);

}  // namespace hfpipe::git

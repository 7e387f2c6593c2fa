#include "tools/hfpipe/utf8_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace hfpipe::cli {

namespace {

/// The length of the well-formed sequence at the front (Unicode 15, table 3-7), or 0.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i, unsigned from = 0x80, unsigned to = 0xbf) {
    return at(i) >= from && at(i) <= to;
  };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const bool second = follows(1, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf);
    return second && follows(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const bool second = follows(1, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf);
    return second && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

struct character_range {
  std::uint32_t first, last;
};

/// Unicode 15: combining marks, joiners, variation selectors.
constexpr std::array<character_range, 7> no_columns{{{0x300, 0x36f},
                                                     {0x483, 0x489},
                                                     {0x200b, 0x200f},
                                                     {0x20d0, 0x20ff},
                                                     {0xfe00, 0xfe0f},
                                                     {0xfe20, 0xfe2f},
                                                     {0xfeff, 0xfeff}}};
/// Unicode 15, EastAsianWidth W and F in blocks: a block with a few narrow ones counts as wide, which cannot wrap.
constexpr std::array<character_range, 10> two_columns{{{0x1100, 0x115f},
                                                       {0x2e80, 0x303e},
                                                       {0x3041, 0xa4cf},
                                                       {0xa960, 0xa97f},
                                                       {0xac00, 0xd7a3},
                                                       {0xf900, 0xfaff},
                                                       {0xfe30, 0xfe6f},
                                                       {0xff00, 0xff60},
                                                       {0x1f300, 0x1faff},
                                                       {0x20000, 0x3fffd}}};

/// Of a well-formed sequence.
std::uint32_t character_of(std::string_view sequence) {
  constexpr std::array<unsigned, 5> lead_bits{0, 0x7f, 0x1f, 0x0f, 0x07};
  std::uint32_t value = static_cast<unsigned char>(sequence[0]) & lead_bits[sequence.size()];
  for (const char byte : sequence.substr(1)) value = (value << 6) | (static_cast<unsigned char>(byte) & 0x3f);
  return value;
}

std::size_t columns_of_character(std::uint32_t character) {
  const auto holds_it = [&](const character_range& range) {
    return range.first <= character && character <= range.last;
  };
  if (std::any_of(no_columns.begin(), no_columns.end(), holds_it)) return 0;
  return std::any_of(two_columns.begin(), two_columns.end(), holds_it) ? 2 : 1;
}

struct front_character {
  std::size_t bytes, columns;
};

front_character front_of(std::string_view text) {
  const auto length = sequence_length(text);
  if (length == 0) return {1, 1};
  return {length, columns_of_character(character_of(text.substr(0, length)))};
}

}  // namespace

std::string valid_utf8(std::string_view bytes) {
  std::string valid;
  valid.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto length = sequence_length(bytes);
    if (length == 0) {
      valid += "\xef\xbf\xbd";
    } else {
      valid += bytes.substr(0, length);
    }
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return valid;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const auto front = front_of(text);
    columns += front.columns;
    text.remove_prefix(front.bytes);
  }
  return columns;
}

std::string clipped(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t kept = 0, taken = 0;
  for (;;) {
    const auto front = front_of(text.substr(kept));
    if (taken + front.columns > columns - 1) break;  // one for the mark
    kept += front.bytes;
    taken += front.columns;
  }
  return std::string(text.substr(0, kept)) + "\xe2\x80\xa6";
}

}  // namespace hfpipe::cli

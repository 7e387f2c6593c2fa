#include "protocol/lfs/pointer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>

namespace hfpipe::lfs {

namespace {

constexpr std::array<std::string_view, 3> known_versions{
    "https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1", "http://git-media.io/v/2"};

constexpr std::array<std::string_view, 3> keys_in_order{"version", "oid", "size"};

/// What Go's bytes.TrimSpace takes off: every White_Space character of Unicode, in UTF-8.
constexpr std::array<std::string_view, 25> white_space{" ",
                                                       "\t",
                                                       "\n",
                                                       "\v",
                                                       "\f",
                                                       "\r",
                                                       "\xC2\x85",
                                                       "\xC2\xA0",
                                                       "\xE1\x9A\x80",
                                                       "\xE2\x80\x80",
                                                       "\xE2\x80\x81",
                                                       "\xE2\x80\x82",
                                                       "\xE2\x80\x83",
                                                       "\xE2\x80\x84",
                                                       "\xE2\x80\x85",
                                                       "\xE2\x80\x86",
                                                       "\xE2\x80\x87",
                                                       "\xE2\x80\x88",
                                                       "\xE2\x80\x89",
                                                       "\xE2\x80\x8A",
                                                       "\xE2\x80\xA8",
                                                       "\xE2\x80\xA9",
                                                       "\xE2\x80\xAF",
                                                       "\xE2\x81\x9F",
                                                       "\xE3\x80\x80"};

std::string_view trimmed(std::string_view text) {
  const auto leading = [&](std::string_view space) { return text.starts_with(space); };
  const auto trailing = [&](std::string_view space) { return text.ends_with(space); };
  for (auto found = white_space.end(); (found = std::ranges::find_if(white_space, leading)) != white_space.end();) {
    text.remove_prefix(found->size());
  }
  for (auto found = white_space.end(); (found = std::ranges::find_if(white_space, trailing)) != white_space.end();) {
    text.remove_suffix(found->size());
  }
  return text;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// git-lfs matches `^ext-\d-\w+`, which leaves the rest of the key free.
bool is_extension(std::string_view key) {
  return key.size() >= 7 && key.starts_with("ext-") && is_digit(key[4]) && key[5] == '-' && is_word(key[6]);
}

std::optional<lfs_oid> parse_oid(std::string_view value) {
  constexpr std::string_view kind = "sha256:";
  if (!value.starts_with(kind)) return std::nullopt;
  const auto oid = lfs_oid::from_hex(value.substr(kind.size()));
  return oid ? std::optional(*oid) : std::nullopt;
}

/// Go's ParseInt, then `size < 0` refused: one sign allowed, and so -0; any number of leading zeros.
std::optional<byte_count> parse_size(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  std::uint64_t size = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, size);
  if (digits.empty() || error != std::errc() || stop != end) return std::nullopt;
  if (size > (negative ? 0 : static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))) return std::nullopt;
  return byte_count(size);
}

/// The extensions seen, by priority. A key that comes twice counts with its last value; two keys of one priority are
/// an error.
class extensions {
 public:
  bool add(std::string_view key, std::string_view value) {
    seen& slot = by_priority_[static_cast<std::size_t>(key[4] - '0')];
    if (!slot.key.empty() && slot.key != key) return false;
    slot = {key, value};
    return true;
  }
  bool all_valid() const {
    return std::ranges::all_of(by_priority_, [](const seen& e) { return e.key.empty() || parse_oid(e.value); });
  }

 private:
  struct seen {
    std::string_view key, value;
  };
  std::array<seen, 10> by_priority_;
};

}  // namespace

std::optional<lfs_object> parse_pointer(std::string_view blob) {
  if (blob.size() < shortest_pointer || blob.size() >= pointer_cutoff) return std::nullopt;
  std::string_view rest = trimmed(blob);
  std::array<std::string_view, keys_in_order.size()> values;
  std::size_t known = 0;
  extensions extra;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const std::size_t space = line.find(' ');
    if (space == line.npos || known == keys_in_order.size()) return std::nullopt;
    const std::string_view key = line.substr(0, space);
    const std::string_view value = line.substr(space + 1);
    if (key == keys_in_order[known]) {
      values[known++] = value;
    } else if (!is_extension(key) || !extra.add(key, value)) {
      return std::nullopt;
    }
  }
  if (known != keys_in_order.size() || !extra.all_valid()) return std::nullopt;
  if (std::ranges::find(known_versions, values[0]) == known_versions.end()) return std::nullopt;
  const auto oid = parse_oid(values[1]);
  const auto size = parse_size(values[2]);
  if (!oid || !size) return std::nullopt;
  return lfs_object{*oid, *size};
}

std::optional<lfs_object> parse_pointer(std::span<const std::byte> blob) {
  return parse_pointer(std::string_view(reinterpret_cast<const char*>(blob.data()), blob.size()));
}

bool is_transferable(const lfs_object& object) {
  return object.size != byte_count(0);
}

bool may_begin_pointer(std::byte first) {
  const char letter = static_cast<char>(first);
  return letter == keys_in_order[0][0] || letter == 'e' ||
         std::ranges::any_of(white_space, [&](std::string_view space) { return space[0] == letter; });
}

}  // namespace hfpipe::lfs

#include "protocol/lfs/lfsconfig.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace hfpipe::lfs {

namespace {

std::string_view trimmed_line(std::string_view text) {
  constexpr std::string_view white = " \t\r";
  const auto first = text.find_first_not_of(white);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

bool same_word(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

/// Git's config: quotes around the value or a part of it, and a comment behind it.
std::string value_of(std::string_view text) {
  std::string value;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '#' || c == ';')) {
      break;
    } else {
      value += c;
    }
  }
  return std::string(trimmed_line(value));
}

std::string without_user_info(std::string address) {
  const auto scheme = address.find("://");
  const std::size_t from = scheme == std::string::npos ? 0 : scheme + 3;
  const auto end = std::min(address.find('/', from), address.size());
  const auto at = address.rfind('@', end);
  if (at != std::string::npos && at >= from) address.erase(from, at + 1 - from);
  return address;
}

}  // namespace

std::optional<std::string> server_named_in(std::string_view blob) {
  bool in_lfs = false;
  while (!blob.empty()) {
    const auto end = std::min(blob.find('\n'), blob.size());
    const std::string_view line = trimmed_line(blob.substr(0, end));
    blob.remove_prefix(std::min(blob.size(), end + 1));
    if (line.starts_with('[')) {
      const auto close = line.find(']');
      in_lfs = close != line.npos && same_word(trimmed_line(line.substr(1, close - 1)), "lfs");
      continue;
    }
    const auto equals = line.find('=');
    if (!in_lfs || equals == line.npos || !same_word(trimmed_line(line.substr(0, equals)), "url")) continue;
    std::string value = value_of(trimmed_line(line.substr(equals + 1)));
    if (!value.empty()) return without_user_info(std::move(value));
  }
  return std::nullopt;
}

}  // namespace hfpipe::lfs

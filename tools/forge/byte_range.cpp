#include "tools/forge/byte_range.hpp"

#include <algorithm>
#include <charconv>

namespace hfpipe::forge {

namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

range_verdict read_range(std::optional<std::string_view> header, std::uint64_t total, byte_range& out) {
  out = {0, total};
  constexpr std::string_view unit = "bytes=";
  if (!header || !header->starts_with(unit)) return range_verdict::whole;
  const std::string_view range = header->substr(unit.size());
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return range_verdict::whole;
  const auto first = number(range.substr(0, dash));
  const auto last = number(range.substr(dash + 1));
  if (!first && !last) return range_verdict::whole;
  if (!first) {  // the last so many
    if (*last == 0 || total == 0) return range_verdict::unsatisfiable;
    out.first = total - std::min(total, *last);
    return range_verdict::part;
  }
  if (last && *last < *first) return range_verdict::whole;
  if (*first >= total) return range_verdict::unsatisfiable;
  out = {*first, last && *last < total ? *last + 1 : total};
  return range_verdict::part;
}

}  // namespace hfpipe::forge

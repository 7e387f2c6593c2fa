#include "protocol/http/body_framing.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace hfpipe::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

/// Calls `see` with each trimmed element of each header of that name.
template <class See>
void each_element(const reply_head& head, std::string_view name, See see) {
  for (const auto& [key, value] : head.headers) {
    if (!same(key, name)) continue;
    std::string_view rest = value;
    while (true) {
      const auto comma = rest.find(',');
      std::string_view element = rest.substr(0, comma);
      while (!element.empty() && (element.front() == ' ' || element.front() == '\t')) element.remove_prefix(1);
      while (!element.empty() && (element.back() == ' ' || element.back() == '\t')) element.remove_suffix(1);
      see(element);
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
}

failure bad_framing(std::string what) {
  return failure(errc::bad_http_reply).detail(std::move(what));
}

outcome<std::optional<byte_count>> content_length(const reply_head& head) {
  std::optional<std::uint64_t> length;
  bool bad = false;
  each_element(head, "Content-Length", [&](std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || length.value_or(value) != value) bad = true;
    length = value;
  });
  if (bad) return bad_framing("Content-Length is no single number");
  if (!length) return std::optional<byte_count>();
  return std::optional<byte_count>(*length);
}

}  // namespace

bool lists_token(const reply_head& head, std::string_view name, std::string_view token) {
  bool found = false;
  each_element(head, name, [&](std::string_view element) { found = found || same(element, token); });
  return found;
}

outcome<reply_framing> framing_of(const reply_head& head, std::string_view method) {
  if (method == "HEAD" || head.status == 204 || head.status == 304) return reply_framing(sized_reply{});

  std::string foreign;
  each_element(head, "Content-Encoding", [&](std::string_view coding) {
    if (!coding.empty() && !same(coding, "identity")) foreign = coding;
  });
  if (!foreign.empty()) return bad_framing("Content-Encoding that was not asked for: " + clean_server_text(foreign));

  const auto length = content_length(head);
  if (!length) return length.error();

  std::size_t codings = 0;
  each_element(head, "Transfer-Encoding", [&](std::string_view coding) {
    ++codings;
    if (!same(coding, "chunked")) foreign = coding.empty() ? "(empty)" : coding;
  });
  if (!foreign.empty()) return bad_framing("unknown Transfer-Encoding: " + clean_server_text(foreign));
  if (codings > 1) return bad_framing("Transfer-Encoding: chunked twice");
  if (codings == 1 && *length) return bad_framing("both Content-Length and Transfer-Encoding");
  if (codings == 1) return reply_framing(chunked_reply{});
  if (*length) return reply_framing(sized_reply{**length});
  return reply_framing(reply_until_close{});
}

}  // namespace hfpipe::http

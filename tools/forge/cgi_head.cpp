#include "tools/forge/cgi_head.hpp"

#include <charconv>

namespace hfpipe::forge {

outcome<cgi_head> parse_cgi_head(std::string_view text) {
  cgi_head head;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return failure(errc::bad_http_reply).at("git http-backend");
    const std::string_view value = line.substr(colon + 2);
    if (line.substr(0, colon) == "Status") {
      if (std::from_chars(value.data(), value.data() + value.size(), head.status).ec != std::errc()) {
        return failure(errc::bad_http_reply).at("git http-backend");
      }
    } else {
      head.headers.emplace(line.substr(0, colon), value);
    }
  }
  return head;
}

}  // namespace hfpipe::forge

#include "protocol/http/credential.hpp"

#include <cstdint>

namespace hfpipe::http {

namespace {

std::string base64(std::string_view raw) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((raw.size() + 2) / 3 * 4);
  for (std::size_t start = 0; start < raw.size(); start += 3) {
    const std::string_view group = raw.substr(start, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0);
    for (std::size_t i = 0; i < 4; ++i) text += i <= group.size() ? digits[bits >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

}  // namespace

credential credential::basic(http::origin shown_to, std::string_view user, const secret& password) {
  const std::string pair = std::string(user) + ':' + std::string(password.reveal());
  return credential(std::move(shown_to), secret("Basic " + base64(pair)), password);
}

}  // namespace hfpipe::http

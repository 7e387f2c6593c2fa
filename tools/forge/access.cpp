#include "tools/forge/access.hpp"

#include <openssl/evp.h>

#include <vector>

namespace hfpipe::forge {

namespace {

// Nothing when it is not base64.
std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::vector<unsigned char> bytes(text.size() / 4 * 3 + 1);
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  std::string decoded(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
  // EVP_DecodeBlock counts the padding's bytes too.
  decoded.resize(decoded.size() - (text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0));
  return decoded;
}

}  // namespace

access_rules::verdict access_rules::check(std::optional<std::string_view> authorization, need what) const {
  if (!token_) return verdict::granted;
  if (!authorization || authorization->empty()) {
    return anonymous_read_ && what == need::read ? verdict::granted : verdict::no_credentials;
  }
  constexpr std::string_view bearer = "Bearer ";
  if (authorization->starts_with(bearer)) {
    return authorization->substr(bearer.size()) == token_->reveal() ? verdict::granted : verdict::wrong_credentials;
  }
  return basic_password(*authorization) == token_->reveal() ? verdict::granted : verdict::wrong_credentials;
}

std::optional<std::string> basic_password(std::string_view authorization) {
  constexpr std::string_view basic = "Basic ";
  if (!authorization.starts_with(basic)) return std::nullopt;
  const auto pair = decode_base64(authorization.substr(basic.size()));
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(colon + 1);
}

}  // namespace hfpipe::forge

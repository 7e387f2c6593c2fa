#include "tools/forge/lfs_token.hpp"

#include "protocol/http/credential.hpp"
#include "tools/forge/access.hpp"

namespace hfpipe::forge {

namespace {

// What is signed beside the date: no URL of the CDN begins so.
constexpr std::string_view signed_word = "lfs-token";

}  // namespace

std::string mint_lfs_token(std::int64_t expires, const secret& key) {
  const std::string token = sign_path(signed_word, expires, key).substr(signed_word.size() + 1);
  const http::origin nobody{http::scheme::https, "", 0};  // who may be shown it is for the client to know
  return std::string(http::credential::basic(nobody, "lfs", secret(token)).authorization().reveal());
}

signature_verdict check_lfs_token(std::string_view authorization, std::int64_t now, const secret& key) {
  const auto token = basic_password(authorization);
  return token ? check_signed_path(signed_word, *token, now, key) : signature_verdict::forged;
}

}  // namespace hfpipe::forge

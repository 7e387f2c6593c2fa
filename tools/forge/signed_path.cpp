#include "tools/forge/signed_path.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>
#include <new>
#include <span>

#include "protocol/oid.hpp"

namespace hfpipe::forge {

namespace {

std::string signature_of(std::string_view path, std::int64_t expires, const secret& key) {
  const std::string text = std::string(path) + '\n' + std::to_string(expires);
  std::array<unsigned char, 32> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return to_hex(std::as_bytes(std::span(mac)));
}

}  // namespace

std::string sign_path(std::string_view path, std::int64_t expires, const secret& key) {
  return std::string(path) + "?expires=" + std::to_string(expires) + "&signature=" + signature_of(path, expires, key);
}

signature_verdict check_signed_path(std::string_view path, std::string_view query, std::int64_t now,
                                    const secret& key) {
  const std::string_view until = query_value(query, "expires");
  std::int64_t expires = 0;
  const auto [end, error] = std::from_chars(until.data(), until.data() + until.size(), expires);
  if (error != std::errc() || end != until.data() + until.size()) return signature_verdict::forged;
  const std::string right = signature_of(path, expires, key);
  const std::string_view given = query_value(query, "signature");
  if (given.size() != right.size() || CRYPTO_memcmp(given.data(), right.data(), right.size()) != 0) {
    return signature_verdict::forged;
  }
  return now < expires ? signature_verdict::good : signature_verdict::expired;
}

secret new_signing_key() {
  std::array<unsigned char, 32> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) throw std::bad_alloc();
  return secret(to_hex(std::as_bytes(std::span(random))));
}

std::string_view query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace hfpipe::forge

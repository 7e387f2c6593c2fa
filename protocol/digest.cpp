#include "protocol/digest.hpp"

#include <openssl/evp.h>

#include <new>

namespace hfpipe {

struct digest::context {};  // never made: stands for EVP_MD_CTX, so that no includer sees OpenSSL

namespace {

EVP_MD_CTX* unwrap(void* held) {
  return static_cast<EVP_MD_CTX*>(held);
}

const EVP_MD* algorithm(object_format format) {
  return format == object_format::sha1 ? EVP_sha1() : EVP_sha256();
}

}  // namespace

void digest::free_context::operator()(context* held) const {
  EVP_MD_CTX_free(unwrap(held));
}

digest::digest(object_format format)
    : context_(static_cast<context*>(static_cast<void*>(EVP_MD_CTX_new()))), format_(format) {
  if (!context_ || EVP_DigestInit_ex(unwrap(context_.get()), algorithm(format_), nullptr) != 1) throw std::bad_alloc();
}

void digest::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(unwrap(context_.get()), bytes.data(), bytes.size());
}

std::span<const std::byte> digest::finish() {
  unsigned size = 0;
  EVP_DigestFinal_ex(unwrap(context_.get()), reinterpret_cast<unsigned char*>(result_.data()), &size);
  EVP_DigestInit_ex(unwrap(context_.get()), algorithm(format_), nullptr);
  return std::span<const std::byte>(result_).first(size);
}

}  // namespace hfpipe

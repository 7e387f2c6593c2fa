#include "tests/support/test_ca.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace hfpipe::testing {
namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using x509_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free)>;

void require(bool done, const char* step) {
  if (!done) throw std::runtime_error(std::string("test CA: ") + step);
}

void extend(X509* certificate, X509* issuer, int name, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, name, value.c_str());
  require(made != nullptr && X509_add_ext(certificate, made, -1) == 1, "extension");
  X509_EXTENSION_free(made);
}

x509_ptr blank(const char* name, long serial, EVP_PKEY* key) {
  constexpr long day = 24 * 60 * 60;
  x509_ptr made(X509_new(), X509_free);
  require(made != nullptr, "certificate");
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -day);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), day);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return made;
}

std::string text_of(BIO* memory) {
  char* start = nullptr;
  const long length = BIO_get_mem_data(memory, &start);
  return {start, static_cast<std::size_t>(length)};
}

test_identity as_pem(X509* certificate, EVP_PKEY* key) {
  const bio_ptr first(BIO_new(BIO_s_mem()), BIO_free);
  const bio_ptr second(BIO_new(BIO_s_mem()), BIO_free);
  require(PEM_write_bio_X509(first.get(), certificate) == 1, "PEM");
  require(PEM_write_bio_PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "PEM");
  return {text_of(first.get()), text_of(second.get())};
}

}  // namespace

test_ca::test_ca(const std::string& name) {
  const key_ptr key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  require(key != nullptr, "key");
  const auto made = blank(name.c_str(), 1, key.get());
  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
  extend(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(made.get(), made.get(), NID_key_usage, "critical,keyCertSign");
  require(X509_sign(made.get(), key.get(), EVP_sha256()) != 0, "signature");
  own_ = as_pem(made.get(), key.get());

  file_ = (std::filesystem::temp_directory_path() / "hfpipe-test-ca-XXXXXX").string();
  const int file = ::mkstemp(file_.data());
  require(file >= 0, "file");
  ::close(file);
  std::ofstream(file_) << own_.certificate;
}

test_ca::~test_ca() {
  ::unlink(file_.c_str());
}

test_identity test_ca::issue(const std::vector<std::string>& names) const {
  const bio_ptr certificate(BIO_new_mem_buf(own_.certificate.data(), -1), BIO_free);
  const bio_ptr key_text(BIO_new_mem_buf(own_.key.data(), -1), BIO_free);
  const x509_ptr issuer(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr), X509_free);
  const key_ptr issuer_key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  const key_ptr key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  require(issuer != nullptr && issuer_key != nullptr && key != nullptr, "issuer");

  const auto made = blank("hfpipe test server", 2, key.get());
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get()));
  std::string joined;
  for (const auto& each : names) joined += (joined.empty() ? "" : ",") + each;
  extend(made.get(), issuer.get(), NID_subject_alt_name, joined);
  require(X509_sign(made.get(), issuer_key.get(), EVP_sha256()) != 0, "signature");
  return as_pem(made.get(), key.get());
}

}  // namespace hfpipe::testing

#include "tools/forge/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstdio>
#include <memory>

#include "protocol/failure.hpp"

namespace hfpipe::forge {

namespace fs = std::filesystem;

namespace {

template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* held) const {
    Free(held);
  }
};
using key_pair = std::unique_ptr<EVP_PKEY, free_with<EVP_PKEY_free>>;
using certificate = std::unique_ptr<X509, free_with<X509_free>>;
using extension = std::unique_ptr<X509_EXTENSION, free_with<X509_EXTENSION_free>>;
using open_stream = std::unique_ptr<std::FILE, free_with<std::fclose>>;

// A year, and an hour back for clocks that disagree.
constexpr long valid_for = 365L * 24 * 3600;
constexpr long valid_since = -3600;
constexpr long x509_version_3 = 2;

void require(bool worked, const char* what) {
  if (!worked) throw failed(failure(errc::internal).at("certificate").detail(what));
}

key_pair new_key() {
  key_pair key(EVP_EC_gen("P-256"));
  require(key != nullptr, "no key");
  return key;
}

void add_extension(X509* to, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  const extension made(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  require(made && X509_add_ext(to, made.get(), -1) == 1, "no extension");
}

// Named and dated, not signed.
certificate blank(const char* name, EVP_PKEY* key) {
  certificate made(X509_new());
  require(made != nullptr, "no certificate");
  std::int64_t serial = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "no random number");
  ASN1_INTEGER_set_int64(X509_get_serialNumber(made.get()), (serial & INT64_MAX) | 1);
  X509_set_version(made.get(), x509_version_3);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), valid_since);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), valid_for);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return made;
}

open_stream open_for_writing(const fs::path& path) {
  open_stream opened(std::fopen(path.c_str(), "w"));
  if (!opened) throw failed(failure(errc::bad_option).at(path.string()).detail("cannot be written"));
  return opened;
}

}  // namespace

void make_certificates(const fs::path& folder) {
  const key_pair ca_key = new_key();
  const certificate ca = blank("forge private CA", ca_key.get());
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  require(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0, "cannot sign");

  const key_pair server_key = new_key();
  const certificate server = blank("localhost", server_key.get());
  X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get()));
  add_extension(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(server.get(), ca.get(), NID_ext_key_usage, "serverAuth");
  add_extension(server.get(), ca.get(), NID_authority_key_identifier, "keyid");
  add_extension(server.get(), ca.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  require(X509_sign(server.get(), ca_key.get(), EVP_sha256()) > 0, "cannot sign");

  fs::create_directories(folder);
  require(PEM_write_X509(open_for_writing(folder / "ca.pem").get(), ca.get()) == 1, "cannot write");
  require(PEM_write_X509(open_for_writing(folder / "server.pem").get(), server.get()) == 1, "cannot write");
  const fs::path key_file = folder / "server.key";
  const open_stream key_out = open_for_writing(key_file);
  fs::permissions(key_file, fs::perms::owner_read | fs::perms::owner_write);
  require(PEM_write_PrivateKey(key_out.get(), server_key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "cannot write");
}

}  // namespace hfpipe::forge

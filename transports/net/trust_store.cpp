#include "transports/net/trust_store.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <ranges>
#include <string>
#include <system_error>

#include "protocol/failure.hpp"

namespace hfpipe::net {
namespace {

failure unreadable(const std::string& file) {
  std::error_code why;
  const bool is_file = std::filesystem::is_regular_file(file, why);
  const std::string reason = why ? ": " + why.message() : is_file ? "" : ": it is no file";
  return failure(errc::bad_option).detail("no CA certificate in PEM form can be read from " + file + reason);
}

bool can_read(X509_STORE* store, const std::string& file) {
  return X509_STORE_load_file(store, file.c_str()) == 1;
}

/// OpenSSL takes several, with a colon between, and passes over those that are not there.
bool has_directory(const std::string& list) {
  return std::ranges::any_of(list | std::views::split(':'), [](auto part) {
    std::error_code ignored;
    return std::filesystem::is_directory(std::string(part.begin(), part.end()), ignored);
  });
}

}  // namespace

// Not X509_STORE_set_default_paths(): it reads the environment by itself, and so the same bundle a second time.
trust_store::trust_store(const trust& trusted) : store_(X509_STORE_new()) {
  if (!store_) throw std::bad_alloc();
  if (!trusted.system_file.empty()) {
    if (!can_read(get(), trusted.system_file)) {
      throw failed(unreadable(trusted.system_file).hint("SSL_CERT_FILE names it, in the place of the system's CAs"));
    }
  } else {
    X509_STORE_load_file(get(), X509_get_default_cert_file());  // not every system has one
  }
  const std::string& directory = trusted.system_directory;
  if (!directory.empty() && !has_directory(directory)) {
    throw failed(failure(errc::bad_option)
                     .detail("not a directory of CA certificates: " + directory)
                     .hint("SSL_CERT_DIR names it, in the place of the system's"));
  }
  X509_STORE_load_path(get(), directory.empty() ? X509_get_default_cert_dir() : directory.c_str());
  for (const std::string& file : trusted.ca_files) {
    if (!can_read(get(), file)) throw failed(unreadable(file).hint("--ca-cert names it"));
  }
  ERR_clear_error();
}

std::shared_ptr<const trust_store> load_trust(const trust& trusted) {
  return std::make_shared<const trust_store>(trusted);
}

}  // namespace hfpipe::net

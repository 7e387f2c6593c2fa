#pragma once

#include <openssl/x509_vfy.h>

#include <memory>

#include "transports/net/http_client.hpp"

namespace hfpipe::net {

/// The CAs that a `trust` names. OpenSSL's store locks inside, so certificates are judged by it on several threads at
/// once.
class trust_store {
 public:
  /// Reads and parses all files: 15 ms for a system's bundle of 140 CAs. Directories are looked into when a certificate
  /// asks for it.
  /// Fails (throws failed) with errc::bad_option when a file that was named holds no CA, or none of the directories is
  /// there.
  explicit trust_store(const trust& trusted);

  X509_STORE* get() const { return store_.get(); }

 private:
  struct freed {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  };
  std::unique_ptr<X509_STORE, freed> store_;
};

}  // namespace hfpipe::net

#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "protocol/oid.hpp"

namespace hfpipe {

/// Incremental SHA-256 or SHA-1 through libcrypto; the only door to openssl/evp.h.
/// Throws std::bad_alloc when libcrypto cannot give a context; otherwise cannot fail.
class digest {
 public:
  static digest sha256() { return digest(object_format::sha256); }
  /// The hash that a repository of this format names its objects and ends its packs with.
  static digest of(object_format format) { return digest(format); }

  void update(std::span<const std::byte> bytes);
  /// Ends the digest and starts a new one. The view has 20 or 32 bytes and lives until the next finish().
  std::span<const std::byte> finish();

 private:
  struct context;
  struct free_context {
    void operator()(context* held) const;
  };
  explicit digest(object_format format);

  std::unique_ptr<context, free_context> context_;
  object_format format_;
  std::array<std::byte, 32> result_{};
};

}  // namespace hfpipe

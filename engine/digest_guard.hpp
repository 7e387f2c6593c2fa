#pragma once

#include <optional>

#include "protocol/digest.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// Lets a blob through only if its bytes are its name. Hashes in passing and lends the piece that would complete the
/// blob only when size and SHA-256 were found right: an upload behind it can never finish a wrong object.
class digest_guard final : public chunk_source {
 public:
  /// `from` must outlive this. `whose` bytes they are takes the blame.
  digest_guard(chunk_source& from, lfs_object blob, side whose = side::source)
      : from_(from), blob_(blob), whose_(whose), hash_(digest::sha256()) {}

  /// Fails with errc::size_mismatch (the end before the last byte, or more bytes), errc::digest_mismatch, or as `from`
  /// does; after a failure it gives nothing but that failure.
  task<std::span<const std::byte>> next() override;

 private:
  task<std::span<const std::byte>> checked_piece();
  void check_name();

  chunk_source& from_;
  lfs_object blob_;
  side whose_;
  digest hash_;
  byte_count seen_;
  std::optional<failure> broken_;
};

}  // namespace hfpipe

#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocol/digest.hpp"
#include "protocol/git/pack_entry.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// Lets a pack through only if it is whole, without looking inside. Hashes in passing and keeps its last bytes, as many
/// as its checksum has, until the source has ended properly and the checksum is right: what is sent of a broken source
/// can never become a pack.
class pack_guard final : public chunk_source {
 public:
  /// `from` must outlive this.
  pack_guard(chunk_source& from, object_format format)
      : from_(from), hash_(digest::of(format)), checksum_size_(raw_size(format)) {}

  /// Lends nothing before the pack's header was found right.
  /// Fails with errc::pack_corrupt (its header, its checksum), errc::pack_truncated (it ends before it could have a
  /// checksum), both blamed on the source, or as `from` does; after a failure it gives nothing but that failure.
  task<std::span<const std::byte>> next() override;

  /// What has come so far.
  byte_count bytes() const { return seen_; }
  /// As the header says; 0 until it came.
  std::uint64_t objects() const { return objects_; }
  /// Whether all of it was found right.
  bool is_whole() const { return ended_; }

 private:
  using tail = std::array<std::byte, 32>;

  task<std::span<const std::byte>> checked_piece();
  void take(std::span<const std::byte> piece);
  void check_header(std::span<const std::byte> piece);
  std::span<const std::byte> last_piece();

  chunk_source& from_;
  digest hash_;
  std::size_t checksum_size_;
  byte_count seen_;
  std::uint64_t objects_ = 0;
  tail tail_{};  // what came last and is not lent yet
  std::size_t tail_size_ = 0;
  tail head_{};  // what of an earlier tail is lent before rest_
  std::size_t head_size_ = 0;
  std::span<const std::byte> rest_;  // of the piece that `from` lent
  bool ended_ = false;
  std::optional<failure> broken_;
};

}  // namespace hfpipe

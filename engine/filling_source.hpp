#pragma once

#include <chrono>

#include "engine/leased_buffer.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// A slow source's bytes are held back no longer than this, or the target would take us for dead: hosts give up after
/// 10 to 60 s of silence.
inline constexpr duration longest_hold = std::chrono::seconds(1);

/// Turns small reads into large writes: lends its buffer when it is full, when the source has ended, or when `hold` has
/// passed since the first byte in it.
class filling_source final : public chunk_source {
 public:
  /// `from` must outlive this. Precondition: the buffer is not empty.
  filling_source(byte_source& from, leased_buffer buffer, duration hold = longest_hold)
      : from_(from), buffer_(std::move(buffer)), hold_(hold) {}

  /// Fails as `from` does, blamed on the source.
  task<std::span<const std::byte>> next() override;

 private:
  byte_source& from_;
  leased_buffer buffer_;
  duration hold_;
  bool ended_ = false;
};

}  // namespace hfpipe

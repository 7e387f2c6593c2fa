#pragma once

#include <memory>
#include <span>

#include "engine/byte_budget.hpp"

namespace hfpipe {

/// Memory together with the lease that allows it. All large buffers are of this type.
class leased_buffer {
 public:
  leased_buffer() = default;
  /// `size` bytes, not initialised. The whole of `room` is held as long as they are: it may cover more than the bytes.
  /// Precondition: size <= room.amount().
  leased_buffer(lease room, byte_count size)
      : room_(std::move(room)),
        bytes_(std::make_unique_for_overwrite<std::byte[]>(size.as_size())),
        size_(size.as_size()) {}

  std::span<std::byte> bytes() const { return {bytes_.get(), size_}; }
  byte_count leased() const { return room_.amount(); }

 private:
  lease room_;  // given back after the bytes are freed
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace hfpipe

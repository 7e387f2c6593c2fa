#include "engine/kept_pack.hpp"

#include <algorithm>

namespace hfpipe {

namespace {

class kept_pack_source final : public chunk_source {
 public:
  kept_pack_source(const std::vector<leased_buffer>& blocks, byte_count size) : blocks_(blocks), left_(size) {}

  task<std::span<const std::byte>> next() override {
    if (left_ == byte_count()) co_return std::span<const std::byte>();
    const std::span<const std::byte> block = blocks_[next_++].bytes();
    const std::span<const std::byte> piece = block.first(std::min(block.size(), left_.as_size()));
    left_ -= byte_count(piece.size());
    co_return piece;
  }

 private:
  const std::vector<leased_buffer>& blocks_;
  byte_count left_;
  std::size_t next_ = 0;
};

}  // namespace

bool kept_pack::append(std::span<const std::byte> bytes) {
  if (bytes.size() > (most_ - size_).value() || !make_room(bytes.size())) return false;
  while (!bytes.empty()) {
    const std::span<std::byte> block = blocks_[size_.as_size() / kept_pack_block.as_size()].bytes();
    const std::span<std::byte> free = block.subspan(size_.as_size() % kept_pack_block.as_size());
    const std::size_t many = std::min(free.size(), bytes.size());
    std::ranges::copy(bytes.first(many), free.begin());
    bytes = bytes.subspan(many);
    size_ += byte_count(many);
  }
  return true;
}

bool kept_pack::make_room(std::uint64_t for_bytes) {
  while ((room_ - size_).value() < for_bytes) {
    const byte_count block = std::min(kept_pack_block, most_ - room_);
    auto room = budget_.try_take(block);
    if (!room) return false;
    blocks_.emplace_back(std::move(*room), block);
    room_ += block;
  }
  return true;
}

std::unique_ptr<chunk_source> kept_pack::read() const {
  return std::make_unique<kept_pack_source>(blocks_, size_);
}

}  // namespace hfpipe

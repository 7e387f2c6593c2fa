#include "protocol/git/delta_chains.hpp"

#include <utility>

#include "protocol/git/delta.hpp"

namespace hfpipe::git {

namespace {

std::span<std::byte> room_in(std::vector<std::byte>& buffer, std::size_t size) {
  if (buffer.size() < size) {
    buffer.clear();  // nothing to copy into the larger one
    buffer.resize(size);
  }
  return std::span(buffer).first(size);
}

outcome<std::span<const std::byte>> inflate_entry(const kept_entry& entry, inflater& zlib,
                                                  std::vector<std::byte>& buffer) {
  zlib.restart();
  // One byte more than needed: without room, zlib does not look at the stream's end.
  const std::span<std::byte> room = room_in(buffer, entry.inflated_size + std::size_t{1});
  auto step = zlib.inflate_whole(entry.zlib_stream(), room);
  if (!step) step = zlib.inflate(entry.zlib_stream(), room);
  if (!step || !step->ended || step->produced != entry.inflated_size) {
    return failure(errc::pack_corrupt).detail("an entry does not inflate twice");
  }
  return room.first(entry.inflated_size);
}

}  // namespace

rebuilt_object::ending delta_chains::descend(const kept_entries& kept, std::uint64_t offset) {
  using enum rebuilt_object::ending;
  constexpr std::uint64_t link_cost = 64;  // finding an entry takes about as long as copying so many bytes
  chain_.clear();
  std::uint64_t work = 0;
  const kept_entry* next = kept.find(offset);
  while (next != nullptr) {
    const kept_entry& entry = *next;
    const bool is_last = entry.offset == last_.offset;
    if (!is_last) chain_.push_back(&entry);
    const bool is_delta = entry.base != delta_base::none;
    if (!is_last) work += entry.result_size + (is_delta ? entry.inflated_size : 0);
    if (byte_count(work) > limit_ || chain_.size() > depth_limit) return base_lost;
    if (work_left_ < link_cost) return base_lost;
    work_left_ -= link_cost;
    if (is_last || !is_delta) {
      if (work > work_left_) return base_lost;
      work_left_ -= work;
      return whole;
    }
    next = entry.base == delta_base::offset ? kept.find(entry.base_offset) : kept.find(entry.base_oid());
    if (next == nullptr && entry.base == delta_base::oid) return base_awaited;
  }
  return base_lost;
}

outcome<void> delta_chains::ascend(inflater& zlib) {
  while (!chain_.empty()) {
    const kept_entry& entry = *chain_.back();
    chain_.pop_back();
    const std::span<const std::byte> base = std::span(base_).first(last_.size);
    const bool is_delta = entry.base != delta_base::none;
    const auto stored = inflate_entry(entry, zlib, is_delta ? delta_ : base_);
    if (!stored) return stored.error();
    if (is_delta) {
      if (auto applied = apply_delta(base, *stored, room_in(result_, entry.result_size)); !applied) return applied;
      std::swap(base_, result_);
    }
    last_ = {entry.offset, entry.result_size, is_delta ? last_.type : entry.type};
  }
  return {};
}

outcome<rebuilt_object> delta_chains::rebuild(const kept_entries& kept, inflater& zlib, std::uint64_t offset) {
  const rebuilt_object::ending how = descend(kept, offset);
  if (how != rebuilt_object::ending::whole) return rebuilt_object{.how = how};
  if (const auto made = ascend(zlib); !made) {
    last_ = {};
    return made.error();
  }
  return rebuilt_object{how, last_.type, std::span(base_).first(last_.size)};
}

byte_count delta_chains::held() const {
  return byte_count(base_.capacity() + delta_.capacity() + result_.capacity() + chain_.capacity() * sizeof(void*));
}

}  // namespace hfpipe::git

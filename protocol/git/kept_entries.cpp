#include "protocol/git/kept_entries.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hfpipe::git {

std::uint64_t kept_entries::cost_of(const kept_entry& entry) {
  constexpr std::uint64_t allocator_overhead = 24;  // malloc's size word and rounding, the deque's share of a block
  return sizeof(kept_entry) + entry.stored_size + allocator_overhead;
}

void kept_entries::add(std::uint64_t offset, const pack_entry& entry, object_type type, std::uint64_t result_size,
                       std::span<const std::byte> zlib_stream) {
  const std::span<const std::byte> oid = entry.base_oid ? entry.base_oid->raw() : std::span<const std::byte>();
  kept_entry& kept = entries_.emplace_back();
  kept.offset = offset;
  kept.base_offset = offset - entry.distance;
  kept.inflated_size = static_cast<std::uint32_t>(entry.inflated_size);
  kept.result_size = static_cast<std::uint32_t>(result_size);
  kept.type = type;
  kept.base = entry.base;
  kept.oid_size = static_cast<std::uint8_t>(oid.size());
  kept.stored_size = static_cast<std::uint32_t>(oid.size() + zlib_stream.size());
  kept.block = std::make_unique_for_overwrite<std::byte[]>(kept.stored_size);
  std::ranges::copy(oid, kept.block.get());
  std::ranges::copy(zlib_stream, kept.block.get() + oid.size());
  held_ += cost_of(kept);
}

const kept_entry* kept_entries::find(std::uint64_t offset) const {
  const auto found = std::ranges::lower_bound(entries_, offset, {}, &kept_entry::offset);
  return found != entries_.end() && found->offset == offset ? &*found : nullptr;
}

const kept_entry* kept_entries::find(const git_oid& oid) const {
  const auto found = names_.find(oid);
  return found == names_.end() ? nullptr : find(found->second);
}

void kept_entries::name(const kept_entry& entry, const git_oid& oid, object_type type) {
  const auto known = std::ranges::lower_bound(entries_, entry.offset, {}, &kept_entry::offset);
  known->named = true;
  known->type = type;
  names_.emplace(oid, known->offset);
}

const kept_entry* kept_entries::next_unnamed(std::uint64_t offset) const {
  auto next = std::ranges::lower_bound(entries_, offset, {}, &kept_entry::offset);
  next = std::find_if(next, entries_.end(), [](const kept_entry& entry) { return !entry.named; });
  return next == entries_.end() ? nullptr : &*next;
}

template <class Predicate>
void kept_entries::let_go_if(Predicate goes) {
  std::erase_if(entries_, [&](const kept_entry& entry) {
    if (!goes(entry)) return false;
    held_ -= cost_of(entry);
    return true;
  });
  std::erase_if(names_, [&](const auto& named) { return find(named.second) == nullptr; });
}

void kept_entries::keep_only(object_type type) {
  let_go_if([&](const kept_entry& entry) { return entry.type != type && entry.type != object_type::unknown; });
}

void kept_entries::shrink_to(byte_count limit) {
  if (held() <= limit) return;
  constexpr unsigned class_bits = 10;
  constexpr std::size_t classes = 1024;
  const auto class_of = [](const kept_entry& entry) {
    return std::min<std::size_t>(entry.result_size >> class_bits, classes - 1);
  };
  std::array<std::uint64_t, classes> cost{};
  for (const kept_entry& entry : entries_) cost[class_of(entry)] += cost_of(entry);

  std::uint64_t excess = held().value() - (limit - limit / 16).value();
  std::size_t cut = classes - 1;  // classes above it go whole, of itself as much as is still needed
  while (cut > 0 && cost[cut] <= excess) excess -= cost[cut--];
  let_go_if([&](const kept_entry& entry) {
    if (class_of(entry) != cut) return class_of(entry) > cut;
    if (excess == 0) return false;
    excess -= std::min(excess, cost_of(entry));
    return true;
  });
}

}  // namespace hfpipe::git

#include "engine/blob_plan.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace hfpipe {

namespace {

constexpr unsigned small_for_each_large = 12;
constexpr std::uint64_t page = 4096;
constexpr byte_count smallest_lease = smallest_relay_buffer + connection_allowance;
constexpr byte_count largest_lease = largest_relay_buffer + connection_allowance;

unsigned how_many(std::uint64_t wanted, byte_count room) {
  return static_cast<unsigned>(
      std::clamp<std::uint64_t>(room.value() / smallest_lease.value(), 1, std::max<std::uint64_t>(wanted, 1)));
}

byte_count share_of(byte_count room, unsigned relays) {
  return std::clamp(room / relays, smallest_lease, largest_lease) - connection_allowance;
}

}  // namespace

blob_plan plan_blobs(std::vector<lfs_object> found) {
  blob_plan plan;
  const auto is_large = [](const lfs_object& each) { return each.size >= small_object_limit; };
  for (const lfs_object& each : found) plan.bytes += each.size;
  std::ranges::copy_if(found, std::back_inserter(plan.large), is_large);
  std::ranges::stable_sort(plan.large, std::ranges::greater(), &lfs_object::size);
  std::erase_if(found, is_large);
  plan.small = std::move(found);
  return plan;
}

relay_widths plan_widths(unsigned transfers, byte_count budget) {
  const byte_count room = budget / 2;
  const byte_count large_room = room * 3 / 4;
  relay_widths widths{};
  widths.large = how_many(transfers, large_room);
  widths.large_buffer = share_of(large_room, widths.large);
  const byte_count large_leases = (widths.large_buffer + connection_allowance) * widths.large;
  const byte_count small_room = room - std::min(room, large_leases);
  widths.small = how_many(std::uint64_t{transfers} * small_for_each_large, small_room);
  widths.small_buffer = share_of(small_room, widths.small);
  return widths;
}

byte_count stream_room(byte_count budget) {
  constexpr byte_count largest{8U << 20};
  return std::min(budget / 16, largest);
}

byte_count relay_buffer(byte_count object_size, byte_count largest) {
  if (object_size >= largest) return largest;
  const std::uint64_t pages = object_size.value() / page + 1;
  return std::min(byte_count(pages * page), largest);
}

}  // namespace hfpipe

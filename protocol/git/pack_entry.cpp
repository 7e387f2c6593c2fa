#include "protocol/git/pack_entry.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace hfpipe::git {

namespace {

constexpr std::byte more_follows{0x80};
constexpr unsigned first_size_bits = 4;
constexpr unsigned group_bits = 7;

failure corrupt_entry(std::string what) {
  return failure(errc::pack_corrupt).detail(std::move(what));
}

std::uint64_t low_bits(std::byte b) {
  return std::to_integer<std::uint64_t>(b & ~more_follows);
}

std::uint32_t big_endian(std::span<const std::byte, 4> bytes) {
  std::uint32_t number = 0;
  for (const std::byte b : bytes) number = number << 8 | std::to_integer<std::uint32_t>(b);
  return number;
}

/// Four bits in the first byte, seven in each that follows, lowest first. False when the bytes end too early.
outcome<bool> read_type_and_size(std::span<const std::byte> bytes, unsigned& kind, pack_entry& entry) {
  if (bytes.empty()) return false;
  const auto first = std::to_integer<unsigned>(bytes[0]);
  kind = first >> first_size_bits & 7;
  entry.inflated_size = first & 15;
  entry.header_size = 1;
  for (unsigned shift = first_size_bits; (bytes[entry.header_size - 1] & more_follows) != std::byte{0};
       shift += group_bits) {
    if (entry.header_size == bytes.size()) return false;
    const std::uint64_t group = low_bits(bytes[entry.header_size++]);
    if (shift >= 64 || group << shift >> shift != group) return corrupt_entry("an object's size is beyond 64 bits");
    entry.inflated_size |= group << shift;
  }
  return true;
}

/// Seven bits a byte, highest first, one added before each shift so that no number has two forms.
outcome<bool> read_distance(std::span<const std::byte> bytes, pack_entry& entry) {
  constexpr std::uint64_t shiftable = (std::uint64_t{1} << (64 - group_bits)) - 1;
  std::uint64_t distance = 0;
  for (bool first = true;; first = false) {
    if (entry.header_size == bytes.size()) return false;
    const std::byte b = bytes[entry.header_size++];
    if (!first && ++distance > shiftable) return corrupt_entry("a delta's base is beyond 64 bits away");
    distance = distance << group_bits | low_bits(b);
    if ((b & more_follows) == std::byte{0}) break;
  }
  entry.distance = distance;
  return true;
}

}  // namespace

std::string_view to_text(object_type type) {
  constexpr std::array<std::string_view, 5> names{"unknown", "commit", "tree", "blob", "tag"};
  return names.at(static_cast<std::size_t>(type));
}

outcome<std::optional<pack_entry>> decode_pack_entry(std::span<const std::byte> bytes, object_format format) {
  constexpr unsigned offset_delta = 6;
  constexpr unsigned oid_delta = 7;
  pack_entry entry;
  unsigned kind = 0;
  const auto sized = read_type_and_size(bytes, kind, entry);
  if (!sized) return sized.error();
  if (!*sized) return std::nullopt;
  if (kind >= 1 && kind <= 4) {
    entry.type = static_cast<object_type>(kind);
  } else if (kind == offset_delta) {
    entry.base = delta_base::offset;
    const auto placed = read_distance(bytes, entry);
    if (!placed) return placed.error();
    if (!*placed) return std::nullopt;
  } else if (kind == oid_delta) {
    entry.base = delta_base::oid;
    const std::span<const std::byte> rest = bytes.subspan(entry.header_size);
    if (rest.size() < raw_size(format)) return std::nullopt;
    entry.base_oid = git_oid::from_raw(rest.first(raw_size(format)));
    entry.header_size += raw_size(format);
  } else {
    return corrupt_entry("no object has type " + std::to_string(kind));
  }
  return entry;
}

outcome<pack_header> decode_pack_header(std::span<const std::byte, pack_header::size> bytes) {
  constexpr std::array<std::byte, 4> magic{std::byte{'P'}, std::byte{'A'}, std::byte{'C'}, std::byte{'K'}};
  if (!std::ranges::equal(bytes.first<4>(), magic)) return corrupt_entry("it does not begin with PACK");
  const std::uint32_t version = big_endian(bytes.subspan<4, 4>());
  if (version != 2 && version != 3) return corrupt_entry("version " + std::to_string(version));
  return pack_header{big_endian(bytes.subspan<8, 4>())};
}

}  // namespace hfpipe::git

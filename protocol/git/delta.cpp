#include "protocol/git/delta.hpp"

#include <algorithm>
#include <string>

namespace hfpipe::git {

namespace {

constexpr std::byte copy_instruction{0x80};
/// git patch-delta: a copy whose size bytes are all absent or zero copies this much.
constexpr std::size_t implied_copy_size = 0x10000;

failure corrupt_delta(std::string what) {
  return failure(errc::pack_corrupt).detail("delta: " + std::move(what));
}

/// Lowest seven bits first. Nothing when cut short or beyond 64 bits.
std::optional<std::uint64_t> read_number(std::span<const std::byte> bytes, std::size_t& at) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; at < bytes.size() && shift < 64; shift += 7) {
    const auto byte = std::to_integer<std::uint64_t>(bytes[at++]);
    const std::uint64_t group = byte & 0x7f;
    if (group << shift >> shift != group) return std::nullopt;
    number |= group << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

struct copy_range {
  std::size_t offset = 0;
  std::size_t size = 0;
};

/// The low four bits of the instruction say which bytes of the offset follow, the next three which of the size.
std::optional<copy_range> read_copy(std::byte instruction, std::span<const std::byte> delta, std::size_t& at) {
  constexpr unsigned offset_bytes = 4;
  constexpr unsigned argument_bytes = 7;
  copy_range range;
  for (unsigned i = 0; i < argument_bytes; ++i) {
    if ((instruction & std::byte{1} << i) == std::byte{0}) continue;
    if (at == delta.size()) return std::nullopt;
    const auto value = std::to_integer<std::size_t>(delta[at++]);
    if (i < offset_bytes) {
      range.offset |= value << 8 * i;
    } else {
      range.size |= value << 8 * (i - offset_bytes);
    }
  }
  if (range.size == 0) range.size = implied_copy_size;
  return range;
}

}  // namespace

outcome<delta_header> decode_delta_header(std::span<const std::byte> delta) {
  delta_header header;
  const auto base_size = read_number(delta, header.header_size);
  const auto result_size = base_size ? read_number(delta, header.header_size) : std::nullopt;
  if (!result_size) return corrupt_delta("its sizes cannot be read");
  header.base_size = *base_size;
  header.result_size = *result_size;
  return header;
}

std::optional<std::byte> first_inserted_byte(std::span<const std::byte> delta) {
  const auto header = decode_delta_header(delta);
  if (!header || delta.size() < header->header_size + 2) return std::nullopt;
  const std::byte instruction = delta[header->header_size];
  const bool inserts = instruction != std::byte{0} && (instruction & copy_instruction) == std::byte{0};
  return inserts ? std::optional(delta[header->header_size + 1]) : std::nullopt;
}

outcome<void> apply_delta(std::span<const std::byte> base, std::span<const std::byte> delta,
                          std::span<std::byte> result) {
  const auto header = decode_delta_header(delta);
  if (!header) return header.error();
  if (header->base_size != base.size()) return corrupt_delta("made for a base of another size");
  if (header->result_size != result.size()) return corrupt_delta("its result has another size");
  std::size_t written = 0;
  for (std::size_t at = header->header_size; at < delta.size();) {
    const std::byte instruction = delta[at++];
    std::span<const std::byte> piece;
    if ((instruction & copy_instruction) != std::byte{0}) {
      const auto range = read_copy(instruction, delta, at);
      if (!range) return corrupt_delta("ends within an instruction");
      if (range->offset > base.size() || range->size > base.size() - range->offset) {
        return corrupt_delta("copies from outside its base");
      }
      piece = base.subspan(range->offset, range->size);
    } else {
      const auto size = std::to_integer<std::size_t>(instruction);
      if (size == 0) return corrupt_delta("uses the reserved instruction");
      if (size > delta.size() - at) return corrupt_delta("ends within an instruction");
      piece = delta.subspan(at, size);
      at += size;
    }
    if (piece.size() > result.size() - written) return corrupt_delta("makes more than it says");
    std::ranges::copy(piece, result.begin() + static_cast<std::ptrdiff_t>(written));
    written += piece.size();
  }
  if (written != result.size()) return corrupt_delta("makes less than it says");
  return {};
}

}  // namespace hfpipe::git

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/failure.hpp"

namespace hfpipe::git {

/// The two numbers that a delta begins with, and where its instructions start.
struct delta_header {
  std::uint64_t base_size = 0;
  std::uint64_t result_size = 0;
  std::size_t header_size = 0;
};

/// The longest delta header: two numbers of 64 bits, seven a byte.
inline constexpr std::size_t delta_header_limit = 20;

/// Fails with errc::pack_corrupt: the bytes end within it, or a number is beyond 64 bits.
outcome<delta_header> decode_delta_header(std::span<const std::byte> delta);

/// The result's first byte, where the delta itself carries it; otherwise it comes from the base.
std::optional<std::byte> first_inserted_byte(std::span<const std::byte> delta);

/// Writes what `delta` makes of `base`; `result` has exactly the size that the delta's header names.
/// Fails with errc::pack_corrupt: other sizes than named, a copy from outside the base, an instruction cut short or
/// reserved, a result too short or too long.
outcome<void> apply_delta(std::span<const std::byte> base, std::span<const std::byte> delta,
                          std::span<std::byte> result);

}  // namespace hfpipe::git

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "tools/forge/exchange.hpp"
#include "tools/forge/faults.hpp"

namespace hfpipe::forge {

/// How much of a body is in memory at once: sixteen TLS records, so that system calls do not show.
inline constexpr std::size_t piece_size = 256 * 1024;

/// What the bytes of one body suffer on their way, by their position in it. Innocent as it is made.
struct tampering {
  std::optional<std::uint64_t> flip_at;   ///< this byte leaves inverted
  std::optional<std::uint64_t> cut_at;    ///< before this one the socket is closed
  std::optional<std::uint64_t> end_at;    ///< before this one the body ends as if it were whole
  std::optional<std::uint64_t> stall_at;  ///< before this one nothing moves any more
  std::optional<std::uint64_t> rate;      ///< bytes a second

  /// Takes `slow` and `stall` for this occasion from the board.
  void take_pace(fault_board& faults, const fault_subject& subject);

  enum class result { passed, ended, broken };
  /// Sends `bytes` or what the fault leaves of them. After `ended` and `broken` the body is over.
  result write(exchange& to, std::span<std::byte> bytes);
  /// The same for a body that comes in: waits or breaks as if `amount` bytes had been taken now.
  result taken(exchange& from, std::size_t amount);

  std::uint64_t position() const { return position_; }

 private:
  result stop_here(exchange& on);
  void pace(std::size_t amount);

  std::uint64_t position_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace hfpipe::forge

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace hfpipe::fuzz {

/// The input behind its first byte, which says how long the pieces are that it arrives in; 0: all at once.
/// Each piece is handed over in memory of its own. `take` returns false to stop.
template <class Take>
void in_pieces(const std::uint8_t* data, std::size_t size, Take take) {
  if (size == 0) return;
  const std::size_t step = data[0] == 0 ? size : data[0];
  auto rest = std::as_bytes(std::span(data, size)).subspan(1);
  while (!rest.empty()) {
    const auto piece = rest.first(std::min(step, rest.size()));
    if (!take(std::vector<std::byte>(piece.begin(), piece.end()))) return;
    rest = rest.subspan(piece.size());
  }
}

/// Stops the fuzzer: something that must hold for every input does not.
inline void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace hfpipe::fuzz

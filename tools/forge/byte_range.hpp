#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hfpipe::forge {

/// Half open.
struct byte_range {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint64_t size() const { return end - first; }
  bool operator==(const byte_range&) const = default;
};

enum class range_verdict { whole, part, unsatisfiable };

/// What `Range: bytes=…` means for an object of `total` bytes. Absent, several ranges and other units: the whole.
range_verdict read_range(std::optional<std::string_view> header, std::uint64_t total, byte_range& out);

}  // namespace hfpipe::forge

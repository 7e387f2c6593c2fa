#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/failure.hpp"

namespace hfpipe {

/// An amount of bytes. Made on purpose, never by accident from a bare integer.
class byte_count {
 public:
  constexpr byte_count() = default;
  constexpr explicit byte_count(std::uint64_t bytes) : bytes_(bytes) {}

  constexpr std::uint64_t value() const { return bytes_; }
  /// For buffers that exist in memory. Precondition: fits (always true on the 64-bit hosts we build for).
  constexpr std::size_t as_size() const { return static_cast<std::size_t>(bytes_); }

  constexpr auto operator<=>(const byte_count&) const = default;
  constexpr byte_count& operator+=(byte_count more) {
    bytes_ += more.bytes_;
    return *this;
  }
  /// Precondition: less <= *this.
  constexpr byte_count& operator-=(byte_count less) {
    bytes_ -= less.bytes_;
    return *this;
  }
  friend constexpr byte_count operator+(byte_count a, byte_count b) { return a += b; }
  friend constexpr byte_count operator-(byte_count a, byte_count b) { return a -= b; }
  friend constexpr byte_count operator/(byte_count a, std::uint64_t parts) { return byte_count(a.bytes_ / parts); }
  friend constexpr byte_count operator*(byte_count a, std::uint64_t times) { return byte_count(a.bytes_ * times); }

 private:
  std::uint64_t bytes_ = 0;
};

/// Reads a size a person typed: `65536`, `16MiB`, `1GB`, `1.5GiB`, `64K` (K, M, G, T alone are binary, as rclone has
/// it). Fails with errc::bad_option.
outcome<byte_count> parse_byte_count(std::string_view text);

/// For people: `0 B`, `512 B`, `3.2 MiB`.
std::string to_text(byte_count amount);

inline namespace literals {
constexpr byte_count operator""_B(unsigned long long n) {
  return byte_count(n);
}
constexpr byte_count operator""_KiB(unsigned long long n) {
  return byte_count(n << 10);
}
constexpr byte_count operator""_MiB(unsigned long long n) {
  return byte_count(n << 20);
}
constexpr byte_count operator""_GiB(unsigned long long n) {
  return byte_count(n << 30);
}
}  // namespace literals

}  // namespace hfpipe

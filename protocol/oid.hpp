#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/byte_count.hpp"
#include "protocol/failure.hpp"

namespace hfpipe {

/// How a repository names its objects.
enum class object_format : std::uint8_t { sha1, sha256 };

constexpr std::size_t raw_size(object_format format) {
  return format == object_format::sha1 ? 20 : 32;
}
constexpr std::size_t hex_size(object_format format) {
  return 2 * raw_size(format);
}
std::string_view to_text(object_format format);

/// The id of a Git object; exists only whole. All zero means "no object" in ref commands.
class git_oid {
 public:
  /// 40 or 64 hex digits, either case. Fails with errc::bad_oid.
  static outcome<git_oid> from_hex(std::string_view hex);
  /// Precondition: raw has 20 or 32 bytes.
  static git_oid from_raw(std::span<const std::byte> raw);
  static git_oid zero(object_format format);

  object_format format() const { return format_; }
  bool is_zero() const;
  std::string hex() const;
  std::span<const std::byte> raw() const { return std::span(bytes_).first(raw_size(format_)); }

  auto operator<=>(const git_oid&) const = default;

 private:
  git_oid() = default;
  std::array<std::byte, 32> bytes_{};
  object_format format_ = object_format::sha1;
};

/// The SHA-256 that names an LFS object.
class lfs_oid {
 public:
  /// Exactly 64 lower-case hex digits, as git-lfs demands. Fails with errc::bad_oid.
  static outcome<lfs_oid> from_hex(std::string_view hex);
  static lfs_oid from_raw(std::span<const std::byte, 32> raw);

  std::string hex() const;
  /// The first twelve digits, for people.
  std::string short_hex() const { return hex().substr(0, 12); }
  std::span<const std::byte, 32> raw() const { return bytes_; }

  auto operator<=>(const lfs_oid&) const = default;

 private:
  lfs_oid() = default;
  std::array<std::byte, 32> bytes_{};
};

/// An LFS object as pointers and batches name it.
struct lfs_object {
  lfs_oid oid;
  byte_count size;
  auto operator<=>(const lfs_object&) const = default;
};

/// Lower-case hex of any bytes.
std::string to_hex(std::span<const std::byte> raw);

struct oid_hash {
  std::size_t operator()(const git_oid& id) const;
  std::size_t operator()(const lfs_oid& id) const;
};

}  // namespace hfpipe

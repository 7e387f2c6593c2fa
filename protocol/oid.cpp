#include "protocol/oid.hpp"

#include <algorithm>
#include <cstring>

namespace hfpipe {

namespace {

enum class letter_case { lower_only, any };

int digit_value(char c, letter_case accepted) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (accepted == letter_case::any && c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Precondition: room has hex.size() / 2 bytes.
bool read_hex(std::string_view hex, letter_case accepted, std::byte* room) {
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = digit_value(hex[i], accepted);
    const int low = digit_value(hex[i + 1], accepted);
    if (high < 0 || low < 0) return false;
    room[i / 2] = static_cast<std::byte>(high << 4 | low);
  }
  return true;
}

failure refuse(std::string_view text) {
  return failure(errc::bad_oid).detail("'" + clean_server_text(text, 80) + "'");
}

std::size_t first_word(std::span<const std::byte> raw) {
  std::size_t word = 0;  // a digest's own bits are as good a hash as any
  std::memcpy(&word, raw.data(), sizeof word);
  return word;
}

}  // namespace

std::string_view to_text(object_format format) {
  return format == object_format::sha1 ? "sha1" : "sha256";
}

outcome<git_oid> git_oid::from_hex(std::string_view hex) {
  git_oid id;
  if (hex.size() == hex_size(object_format::sha1)) {
    id.format_ = object_format::sha1;
  } else if (hex.size() == hex_size(object_format::sha256)) {
    id.format_ = object_format::sha256;
  } else {
    return refuse(hex);
  }
  if (!read_hex(hex, letter_case::any, id.bytes_.data())) return refuse(hex);
  return id;
}

git_oid git_oid::from_raw(std::span<const std::byte> raw) {
  git_oid id;
  id.format_ = raw.size() == raw_size(object_format::sha1) ? object_format::sha1 : object_format::sha256;
  std::copy_n(raw.begin(), std::min(raw.size(), id.bytes_.size()), id.bytes_.begin());
  return id;
}

git_oid git_oid::zero(object_format format) {
  git_oid id;
  id.format_ = format;
  return id;
}

bool git_oid::is_zero() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](std::byte b) { return b == std::byte{0}; });
}

std::string git_oid::hex() const {
  return to_hex(raw());
}

outcome<lfs_oid> lfs_oid::from_hex(std::string_view hex) {
  lfs_oid id;
  if (hex.size() != 2 * id.bytes_.size()) return refuse(hex);
  if (!read_hex(hex, letter_case::lower_only, id.bytes_.data())) return refuse(hex);
  return id;
}

lfs_oid lfs_oid::from_raw(std::span<const std::byte, 32> raw) {
  lfs_oid id;
  std::copy(raw.begin(), raw.end(), id.bytes_.begin());
  return id;
}

std::string lfs_oid::hex() const {
  return to_hex(bytes_);
}

std::string to_hex(std::span<const std::byte> raw) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * raw.size());
  for (const std::byte b : raw) {
    hex += digits[std::to_integer<unsigned>(b) >> 4];
    hex += digits[std::to_integer<unsigned>(b) & 15];
  }
  return hex;
}

std::size_t oid_hash::operator()(const git_oid& id) const {
  return first_word(id.raw());
}
std::size_t oid_hash::operator()(const lfs_oid& id) const {
  return first_word(id.raw());
}

}  // namespace hfpipe

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/oid.hpp"

namespace hfpipe::git {

/// What an object is. An entry's own is unknown while the base of its delta is.
enum class object_type : std::uint8_t { unknown = 0, commit = 1, tree = 2, blob = 3, tag = 4 };

/// How git names the type in an object's header. Precondition: known.
std::string_view to_text(object_type type);

/// What an entry is made from: itself, or a base named by its distance in the pack or by its oid.
enum class delta_base : std::uint8_t { none, offset, oid };

/// An entry of a pack up to its zlib stream.
struct pack_entry {
  object_type type = object_type::unknown;  ///< unknown for a delta
  delta_base base = delta_base::none;
  std::uint64_t inflated_size = 0;       ///< of the object, or of the delta
  std::uint64_t distance = 0;            ///< delta_base::offset: so far before this entry the base begins
  std::optional<git_oid> base_oid = {};  ///< delta_base::oid
  std::size_t header_size = 0;           ///< bytes used
};

/// The longest entry header: ten bytes of size, then a base of ten bytes or an oid of 32.
inline constexpr std::size_t entry_header_limit = 42;

/// Reads the header at the start of `bytes`; nothing when more bytes are needed.
/// Fails with errc::pack_corrupt: a type that is none, a number beyond 64 bits.
outcome<std::optional<pack_entry>> decode_pack_entry(std::span<const std::byte> bytes, object_format format);

/// The fixed head of a pack.
struct pack_header {
  static constexpr std::size_t size = 12;
  std::uint32_t objects = 0;
};

/// Fails with errc::pack_corrupt: no `PACK`, or a version other than 2 and 3 (which do not differ).
outcome<pack_header> decode_pack_header(std::span<const std::byte, pack_header::size> bytes);

}  // namespace hfpipe::git

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/git/pack_entry.hpp"
#include "protocol/oid.hpp"

namespace hfpipe::testing {

/// The id git gives to an object of this type and content.
git_oid object_id(object_format format, git::object_type type, std::string_view content);

/// A delta that copies what the two share at their beginning and end and inserts the middle.
std::string make_delta(std::string_view base, std::string_view result);
/// A number as deltas write it.
std::string delta_number(std::uint64_t number);

/// A zlib stream of `content`.
std::string compressed(std::string_view content);

/// Packs made by hand, entry by entry; broken ones too. Each add returns the offset of its entry.
class pack_builder {
 public:
  explicit pack_builder(object_format format = object_format::sha1, std::uint32_t version = 2);

  std::uint64_t add(git::object_type type, std::string_view content);
  std::uint64_t add_blob(std::string_view content) { return add(git::object_type::blob, content); }
  std::uint64_t add_offset_delta(std::uint64_t base_offset, std::string_view delta);
  std::uint64_t add_oid_delta(const git_oid& base, std::string_view delta);
  /// An entry that says what it likes: `kind` is the type's number, `base` what stands between header and stream.
  std::uint64_t add_raw(unsigned kind, std::uint64_t declared_size, std::string_view base, std::string_view stream);
  /// What the header shall claim instead of the entries that were added.
  void claim_objects(std::uint32_t count) { claimed_ = count; }
  std::uint64_t next_offset() const { return 12 + entries_.size(); }

  /// The whole pack with its trailer.
  std::string finish() const;

 private:
  object_format format_;
  std::uint32_t version_;
  std::uint32_t count_ = 0;
  std::int64_t claimed_ = -1;
  std::string entries_;
};

}  // namespace hfpipe::testing

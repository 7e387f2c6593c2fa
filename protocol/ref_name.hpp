#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/failure.hpp"
#include "protocol/oid.hpp"

namespace hfpipe {

/// A full ref name (`refs/…`) that passed check-ref-format.
class ref_name {
 public:
  /// Accepts exactly what `git check-ref-format` accepts among names that start with `refs/`.
  /// Fails with errc::bad_ref_name; the detail names the broken rule.
  static outcome<ref_name> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool starts_with(std::string_view prefix) const { return std::string_view(text_).starts_with(prefix); }

  auto operator<=>(const ref_name&) const = default;

 private:
  explicit ref_name(std::string checked) : text_(std::move(checked)) {}
  std::string text_;
};

struct ref_entry {
  ref_name name;
  git_oid id;
  bool operator==(const ref_entry&) const = default;
};

/// Sorted by name, no name twice.
using ref_list = std::vector<ref_entry>;

/// Borrowed from `refs`, or null.
const git_oid* find_ref(const ref_list& refs, const ref_name& name);

/// Sorts in place. Fails with errc::bad_advertisement when a name stands there twice.
outcome<ref_list> sorted_refs(ref_list refs);

}  // namespace hfpipe

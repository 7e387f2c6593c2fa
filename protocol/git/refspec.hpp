#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/failure.hpp"
#include "protocol/ref_name.hpp"

namespace hfpipe::git {

/// `[+]SOURCE[:TARGET]` or `^SOURCE`, each side with at most one `*` and both or neither with one.
class refspec {
 public:
  /// Fails with errc::bad_refspec.
  static outcome<refspec> parse(std::string_view text);

  bool is_negative() const { return negative_; }
  bool is_forced() const { return forced_; }
  bool matches(const ref_name& source) const;
  /// The target's name of `source`. Nothing when it does not match or this is negative; fails with errc::bad_refspec
  /// when the mapped name is not a valid ref name.
  outcome<std::optional<ref_name>> map(const ref_name& source) const;
  /// The source's name of what is `target` there, whether or not the source has it. Nothing when this makes no such
  /// ref.
  std::optional<ref_name> source_of(const ref_name& target) const;
  std::string text() const;

 private:
  refspec() = default;
  std::string source_;
  std::string target_;
  bool negative_ = false;
  bool forced_ = false;
};

}  // namespace hfpipe::git

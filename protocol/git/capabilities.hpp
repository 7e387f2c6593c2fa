#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/oid.hpp"

namespace hfpipe::git {

/// How we introduce ourselves where the server advertised `agent`.
inline constexpr std::string_view agent_capability = "agent=hfpipe/" HFPIPE_VERSION;

/// What a server said it can: `name` or `name=value`, in its order, as of v0's first line or v2's lines.
class capabilities {
 public:
  /// Real lists stay below 1 KiB, apart from `symref=` of v0, one for each symbolic ref.
  static constexpr std::size_t size_limit = 64 * 1024;

  /// Adds one. Fails with errc::limit_exceeded when all together exceed size_limit.
  outcome<void> add(std::string_view capability);
  /// Adds those of a v0 line, separated by spaces.
  outcome<void> add_list(std::string_view line);

  bool has(std::string_view name) const;
  /// The first value of `name`; empty when it has none. The views live as long as this.
  std::optional<std::string_view> value(std::string_view name) const;
  std::vector<std::string_view> values(std::string_view name) const;
  /// Whether `feature` is a word of the value of `name`: `fetch=shallow filter` has the feature `filter`.
  bool has_feature(std::string_view name, std::string_view feature) const;
  /// What `object-format` says; sha1 where nothing does. Fails with errc::bad_advertisement for an unknown one.
  outcome<object_format> format() const;

 private:
  std::vector<std::string> all_;
  std::size_t size_ = 0;
};

/// The beginning of a v2 request up to and with the delim: the command, and of `agent` and `object-format` what the
/// server advertised. Arguments and a flush follow.
std::string begin_v2_command(std::string_view command, const capabilities& can);

}  // namespace hfpipe::git

#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace hfpipe::lfs {

/// Reads the time an action expires: `2026-11-10T15:29:07.5Z`, `2026-11-10T15:29:07+08:00`. Fractions are cut off.
/// Nothing when it is not written so, or lies outside 1971 to 2200: Go's year-1 zero time and "never" mean no limit.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

}  // namespace hfpipe::lfs

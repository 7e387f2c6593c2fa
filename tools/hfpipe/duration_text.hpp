#pragma once

#include <string>
#include <string_view>

#include "protocol/failure.hpp"
#include "transports/task.hpp"

namespace hfpipe::cli {

/// Reads a time span a person typed: `5s`, `2m`, `1h30m`, `500ms`; a bare number is seconds.
/// Fails with errc::bad_option: anything else, nothing at all, zero, more than longest_span.
outcome<duration> parse_duration(std::string_view text);

/// For clocks in a display: `0:07`, `12:30`, `1:02:03`.
std::string clock_text(duration span);

/// For sentences: `0.4 s`, `42 s`, `2 m 05 s`, `1 h 02 m`.
std::string spoken_text(duration span);

/// No wait of ours may be longer; it also keeps every sum of spans far from overflow.
inline constexpr std::chrono::hours longest_span{24 * 7};

}  // namespace hfpipe::cli

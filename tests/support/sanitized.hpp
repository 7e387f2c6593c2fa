#pragma once

#include "protocol/byte_count.hpp"

namespace hfpipe::testing {

/// Whether this build runs under a sanitizer: its shadow is no memory of ours, and its pace is a tenth.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// What hfpipe's resident memory must stay below where `limit` is what users are promised. Under a sanitizer nothing
/// can be said but that it did not run away.
constexpr byte_count resident_limit(byte_count limit) {
  return sanitized ? byte_count(limit.value() * 100) : limit;
}

}  // namespace hfpipe::testing

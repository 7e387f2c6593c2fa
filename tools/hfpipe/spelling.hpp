#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hfpipe::cli {

/// The candidate that `typed` is most likely a typo of (letters added, lost, changed or swapped), or nothing when none
/// is near. The view is one of `candidates`.
std::optional<std::string_view> nearest(std::string_view typed, std::span<const std::string_view> candidates);

/// `'text'` for a message, or `that value` when it could hold a secret, is long or is not plain text.
std::string in_quotes(std::string_view text);

}  // namespace hfpipe::cli

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hfpipe::cli {

/// The text with every byte that is not part of valid UTF-8 replaced by U+FFFD, so that JSON of it is JSON.
/// Names of refs and words of servers are bytes.
std::string valid_utf8(std::string_view bytes);

/// How many columns of a terminal the text takes: East Asian wide characters and pictures two, marks that combine with
/// what is before them none. A byte that is no text takes one.
std::size_t columns_of(std::string_view text);

/// The text in at most so many columns; where it is cut it ends in "…", and no character is torn.
std::string clipped(std::string_view text, std::size_t columns);

}  // namespace hfpipe::cli

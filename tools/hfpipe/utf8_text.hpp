#pragma once

#include <string>
#include <string_view>

namespace hfpipe::cli {

/// The text with every byte that is not part of valid UTF-8 replaced by U+FFFD, so that JSON of it is JSON.
/// Names of refs and words of servers are bytes.
std::string valid_utf8(std::string_view bytes);

}  // namespace hfpipe::cli

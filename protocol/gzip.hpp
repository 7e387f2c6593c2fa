#pragma once

#include <string>
#include <string_view>

namespace hfpipe {

/// `text` as one gzip member. Throws std::bad_alloc when zlib cannot get its 256 KiB; otherwise cannot fail.
std::string gzip(std::string_view text);

}  // namespace hfpipe

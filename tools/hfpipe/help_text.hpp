#pragma once

#include <string>

namespace hfpipe::cli {

/// What `hfpipe --help` prints, wrapped for a terminal of 100 columns.
std::string help_text();

}  // namespace hfpipe::cli

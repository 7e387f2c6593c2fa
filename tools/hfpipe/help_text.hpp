#pragma once

#include <optional>
#include <string>

#include "tools/hfpipe/flags.hpp"

namespace hfpipe::cli {

/// What `hfpipe --help` prints, wrapped for a terminal of 100 columns: everything, or how one command is used and the
/// flags that say something to it.
std::string help_text(std::optional<command> topic = {});

}  // namespace hfpipe::cli

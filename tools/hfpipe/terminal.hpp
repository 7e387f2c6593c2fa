#pragma once

#include <string>

#include "tools/hfpipe/display.hpp"

namespace hfpipe::cli {

/// Standard error as a display's outlet, with the clocks of this machine.
display_outlet outlet_on_stderr(std::string title);

}  // namespace hfpipe::cli

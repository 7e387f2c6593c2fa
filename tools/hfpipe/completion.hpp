#pragma once

#include <string>
#include <string_view>

#include "protocol/failure.hpp"

namespace hfpipe::cli {

/// A script that teaches `shell` (bash, zsh or fish) to complete hfpipe's commands, flags and their values, made of the
/// same table as the command line. Fails with errc::bad_option for another shell.
outcome<std::string> completion_for(std::string_view shell);

}  // namespace hfpipe::cli

#pragma once

#include "tools/hfpipe/command_line.hpp"
#include "tools/hfpipe/options.hpp"

namespace hfpipe::cli {

/// What one copy is asked to do; of a verification, too, and of each job of a sync. Throws `failed` with what
/// parse_options() fails with.
copy_request read_copy(const command_line& line, const environment& env, const file_reader& read_file);

}  // namespace hfpipe::cli

#pragma once

#include "tools/hfpipe/command_line.hpp"
#include "tools/hfpipe/options.hpp"

namespace hfpipe::cli {

/// The jobs of a jobs file, and what holds for all of them. `given` is what the command line says, `line` the same with
/// the variables. Throws `failed` with what parse_options() fails with, naming the job.
sync_request read_sync(const command_line& given, const command_line& line, const environment& env,
                       const file_reader& read_file);

}  // namespace hfpipe::cli

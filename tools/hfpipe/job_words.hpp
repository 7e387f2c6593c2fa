#pragma once

#include "tools/hfpipe/command_line.hpp"
#include "tools/hfpipe/environment.hpp"
#include "tools/hfpipe/jobs_file.hpp"

namespace hfpipe::cli {

/// The job as if it had been written as a command line of hfpipe copy. What `given`, the command line of the whole run,
/// says to a copy wins over what the job says.
command_line as_command_line(const listed_job& job, const command_line& given);

/// `env` as the job sees it: the variables that its credential names stand in the places of the usual ones, and what
/// the environment says of the same side otherwise does not count.
/// Fails with errc::bad_option where such a variable is not set.
outcome<environment> environment_of(const listed_job& job, const environment& env);

}  // namespace hfpipe::cli

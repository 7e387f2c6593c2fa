#pragma once

#include <string>
#include <vector>

#include "protocol/failure.hpp"
#include "tools/hfpipe/environment.hpp"

namespace hfpipe::cli {

struct extended_environment {
  environment variables;
  std::vector<std::string> notes;  ///< what the user should know of the file; without values
};

/// The process's environment and, for what that does not have, the variables of the file that the user named, or where
/// `named` is empty of `.env` in the working folder if there is one.
/// Fails with errc::bad_option, naming file, line and column, when a named file cannot be read as a whole; a `.env`
/// that nobody named is read as far as that goes, with a note.
outcome<extended_environment> with_env_file(const environment& process, const std::string& named,
                                            const file_reader& read_file);

}  // namespace hfpipe::cli

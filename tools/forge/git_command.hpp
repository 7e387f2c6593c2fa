#pragma once

#include <string>
#include <vector>

#include "tools/forge/git_process.hpp"

namespace hfpipe::forge {

struct command_result {
  bool ok = false;
  std::string said;  ///< the beginning of both outputs
};

/// Runs git to its end, in a process group of its own. `settings` are `NAME=value` beside a quiet environment: what is
/// secret stands there and not among the arguments.
command_result run_git(running_git& all, std::vector<std::string> arguments, std::vector<std::string> settings = {});

}  // namespace hfpipe::forge

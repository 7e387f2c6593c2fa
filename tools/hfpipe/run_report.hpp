#pragma once

#include <string>
#include <vector>

#include "engine/transfer.hpp"
#include "engine/verification.hpp"
#include "tools/hfpipe/exit_code.hpp"

namespace hfpipe::cli {

/// What the process measured around a run, whatever it did.
struct run_figures {
  std::string source;  ///< as http::url::shown()
  std::string target;
  exit_code code = exit_code::done;
  duration wall{};
  double cpu_seconds = 0;
  byte_count peak_rss;
};

/// A copy that is over.
struct run_report : run_figures {
  transfer_result result;
  run_mode mode = run_mode::copy;
  lfs_mode lfs = lfs_mode::new_objects;
  std::vector<std::string> remote_lines;  ///< what the target said beside its report
};

/// A verification that is over.
struct verify_report : run_figures {
  verification_result result;
  verify_depth depth = verify_depth::presence;
};

}  // namespace hfpipe::cli

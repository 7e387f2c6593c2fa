#pragma once

#include <string>

#include "engine/transfer.hpp"
#include "tools/hfpipe/exit_code.hpp"

namespace hfpipe::cli {

/// A run that is over, with what the process measured around it.
struct run_report {
  transfer_result result;
  run_mode mode = run_mode::copy;
  std::string source;  ///< as http::url::shown()
  std::string target;
  exit_code code = exit_code::done;
  duration wall{};
  double cpu_seconds = 0;
  byte_count peak_rss;
};

}  // namespace hfpipe::cli

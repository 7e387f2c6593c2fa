#pragma once

#include <string>

#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// The verdict of a verification for a person: what was compared, what differs, and what repairs it.
std::string summary_of(const verify_report& report);

}  // namespace hfpipe::cli

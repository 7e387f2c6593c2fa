#pragma once

#include <iosfwd>

#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// The one JSON document of a verification. `differences` has a row for each ref and object that is not as it should
/// be: what the source has, and what the target has of it (empty: nothing).
void write_document(std::ostream& out, const verify_report& report);

}  // namespace hfpipe::cli

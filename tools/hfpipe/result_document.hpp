#pragma once

#include <iosfwd>
#include <string>

#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// Writes the result as one JSON document and a line end. Row by row: the document
/// is never in memory as a whole.
void write_document(std::ostream& out, const run_report& report);

/// The same for one of several jobs: with its `name`, and without a line end.
void write_job(std::ostream& out, const std::string& name, const run_report& report);

}  // namespace hfpipe::cli

#pragma once

#include <iosfwd>

#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// Writes the result as one JSON document and a line end. Row by row: the document
/// is never in memory as a whole.
void write_document(std::ostream& out, const run_report& report);

}  // namespace hfpipe::cli

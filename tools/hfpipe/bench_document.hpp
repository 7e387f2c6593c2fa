#pragma once

#include <iosfwd>
#include <string>

#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// The measurement as one JSON document: `local`, `read` and `write`, each null where it was not measured.
void write_document(std::ostream& out, const bench_report& report);

/// The same as a table for a person.
std::string summary_of(const bench_report& report);

}  // namespace hfpipe::cli

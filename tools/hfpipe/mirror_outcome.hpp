#pragma once

#include <iosfwd>
#include <string>

#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// For people: what became of the mirror and, because hosts report a mirror as updated whose LFS objects are missing,
/// the command that compares the two sides.
std::string summary_of(const mirror_report& report);

/// The same as one JSON object and a line end.
void write_document(std::ostream& out, const mirror_report& report);

}  // namespace hfpipe::cli

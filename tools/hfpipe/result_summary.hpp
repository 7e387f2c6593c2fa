#pragma once

#include <string>

#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// The result for a person: what was done, what was not and why, how fast, in how much memory.
std::string summary_of(const run_report& report);

/// More rows than that of one kind are counted, not listed; the JSON document has all.
inline constexpr std::size_t most_listed_rows = 20;

}  // namespace hfpipe::cli

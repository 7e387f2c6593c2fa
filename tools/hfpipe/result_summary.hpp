#pragma once

#include <string>

#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// The result for a person: what was done, what was not and why, how fast, in how much memory.
std::string summary_of(const run_report& report);

/// The same in pieces, for a table.
struct result_words {
  std::string headline;  ///< `copied`
  std::string refs;      ///< `2 created, 1 updated`
  std::string objects;   ///< `7 sent (2.1 GiB)`
  std::string details;   ///< lines of what was refused, failed or is missing; of a dry run what would move
};
result_words words_of(const run_report& report);

/// How long, how fast where `pace` says so, in how much memory.
std::string resources_text(const run_figures& figures, std::uint64_t retries, const std::string& pace = {});

}  // namespace hfpipe::cli

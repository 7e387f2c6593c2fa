#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "tools/hfpipe/options.hpp"
#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// Many copies that are over, or were not begun.
struct jobs_result {
  std::vector<exit_code> codes;      ///< of those that ran
  std::vector<std::string> unbegun;  ///< names of those that did not
  std::optional<failure> error;      ///< what stopped all of them: errc::cancelled
};

/// What the process measured around all of them.
struct jobs_report : run_figures {
  jobs_result result;
  std::string file;
};

/// The gravest of the jobs' codes. Where others arrived it is at least `partial`, unless all that failed is temporary.
exit_code exit_code_of(const jobs_result& result, const exit_context& context);

/// Writes what became of jobs as they end, so that the refs of ten thousand are never held together.
class jobs_writer {
 public:
  virtual ~jobs_writer() = default;
  /// Once for each that ran, when it has ended.
  virtual void add(const std::string& job, const run_report& report) = 0;
  /// At the end.
  virtual void finish(const jobs_report& all) = 0;
};

/// One document, written piece by piece:
///   {"schema":1,"jobs":[{"name":…, and what hfpipe copy prints},…],"unbegun":[names],"ok":…,"exit_code":…,…}
std::unique_ptr<jobs_writer> make_jobs_document(std::ostream& out);

/// One table, written at the end: a row for each job, and below it what went wrong.
std::unique_ptr<jobs_writer> make_jobs_table(std::ostream& out);

}  // namespace hfpipe::cli

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "tools/hfpipe/jobs_display.hpp"
#include "tools/hfpipe/jobs_report.hpp"
#include "tools/hfpipe/options.hpp"
#include "tools/hfpipe/run_limits.hpp"

namespace hfpipe::cli {

/// Copies all of `request` within `limits`, at most `at_once` side by side on this thread and on the `others`, in the
/// order of the file; tells of each through `shown`, and `written` when it has ended. A job that fails stops no other
/// that runs; unless the request keeps going, none begins after it. `signal` says which one stopped the run. Cancelled:
/// the jobs that run end as run_copy says, no other begins, and the result's error is errc::cancelled. Does not throw
/// `failed`. All references must outlive it.
task<jobs_result> run_jobs(const sync_request& request, std::vector<asio::any_io_executor> others, run_limits& limits,
                           jobs_display& shown, jobs_writer& written, std::function<std::optional<int>()> signal);

}  // namespace hfpipe::cli

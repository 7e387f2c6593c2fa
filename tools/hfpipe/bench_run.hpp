#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <vector>

#include "engine/events.hpp"
#include "tools/hfpipe/options.hpp"
#include "tools/hfpipe/run_limits.hpp"
#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// Measures what `request` names, one after the other, on this thread and the `others`: this machine, the source, the
/// target. Builds no end that could move a ref. Does not throw `failed`: what goes wrong is in the result, beside what
/// was measured until then. All references must outlive it.
task<bench_result> run_bench(const bench_request& request, std::vector<asio::any_io_executor> others,
                             run_limits& limits, observer& watcher);

}  // namespace hfpipe::cli

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <vector>

#include "engine/transfer.hpp"
#include "tools/hfpipe/options.hpp"
#include "tools/hfpipe/run_limits.hpp"
#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// Builds the ends that `request` names and runs the transfer between them, on this thread and on the `others`, each
/// with connections of its own. What it builds for another thread it leaves to that thread to destroy, by a post before
/// it ends.
/// Creates the target before and sets its default branch after, where the request asks for that.
/// Keeps to `limits`, which others may share. Throws `failed` only for what is wrong before it begins. All references
/// must outlive it.
/// `done` tells what was asked of the target's API, also when this fails.
task<transfer_result> run_copy(const copy_request& request, std::vector<asio::any_io_executor> others,
                               run_limits& limits, observer& watcher, host_work& done);

/// Builds the two sides that `request` names as sources, so that nothing can write, and compares them.
/// Throws `failed` only for what is wrong before it begins. All arguments must outlive it.
task<verification_result> run_verify(const verify_request& request, run_limits& limits, observer& watcher);

}  // namespace hfpipe::cli

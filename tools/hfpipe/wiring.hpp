#pragma once

#include "engine/transfer.hpp"
#include "tools/hfpipe/options.hpp"

namespace hfpipe::cli {

/// Builds the four ends that `request` names and runs the transfer between them.
/// Throws `failed` only for what is wrong before it begins. Both arguments must outlive it.
task<transfer_result> run_copy(const copy_request& request, observer& watcher);

}  // namespace hfpipe::cli

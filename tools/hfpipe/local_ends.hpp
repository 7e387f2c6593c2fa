#pragma once

#include <memory>

#include "tools/hfpipe/options.hpp"
#include "tools/hfpipe/run_report.hpp"
#include "transports/endpoint.hpp"

// The ends of repositories on this machine. Each folder is a URL that is_folder().

namespace hfpipe::cli {

/// What libgit2 takes is bounded by shares of `buffer_memory`.
std::unique_ptr<git_source> local_git_source(const http::url& folder, byte_count buffer_memory);
std::unique_ptr<git_target> local_git_target(const http::url& folder, git::atomicity mode, byte_count buffer_memory);
std::unique_ptr<blob_source> local_blobs(const http::url& folder);
std::unique_ptr<blob_target> local_blob_store(const http::url& folder);

/// Makes the target a bare repository where there is none yet; a dry run only finds out whether it would. Fails with
/// errc::file_failed.
void create_local_target(const copy_request& request, host_work& done);

/// Makes `branch` the target's default.
task<> set_local_default(const copy_request& request, ref_name branch, host_work& done);

}  // namespace hfpipe::cli

#pragma once

#include "engine/pull_mirror.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// Reads the refs of both sides after an update that the host calls done, and takes its word back where a branch or tag
/// of the source is not there with the source's value: hosts note a failed update as any other (Gitea), and keep
/// branches that diverged (GitLab). Refs that only the target has stay out of it, and so do other refs.
/// Finds a difference: the stage becomes `updating` and the error errc::ref_mismatch, blamed on the target. A side that
/// cannot be listed is told as a warning and changes nothing: who may ask for an update may not always read.
/// Does nothing unless result.stage is `updated`. Throws only errc::cancelled.
task<> check_update(git_source& source, git_source& target, const retry_policy& retries, observer& watcher,
                    mirror_result& result);

}  // namespace hfpipe

#pragma once

#include <sys/types.h>

namespace hfpipe::testing {

/// Names a process group that must not outlive this process: should this one be killed without a chance to clear up,
/// a shell that waits for its end asks the group to go, and kills it a second later. Throws std::runtime_error when
/// that shell cannot be started.
void guard_group(pid_t group);

/// Takes the group off the list. To be called before its leader is reaped: after that the number may be another's.
void release_group(pid_t group);

}  // namespace hfpipe::testing

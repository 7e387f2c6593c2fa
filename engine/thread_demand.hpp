#pragma once

#include "transports/task.hpp"

namespace hfpipe {

/// How long the calling thread wanted the processor so far: the time that it ran, and that it waited for its turn while
/// others ran. The second part comes from /proc/thread-self/schedstat (proc(5)); where there is none it counts as
/// nothing. Never less than at an earlier call of the same thread.
duration thread_demand();

}  // namespace hfpipe

#pragma once

#include "transports/task.hpp"

namespace hfpipe {

/// The processor's time that the calling thread has used so far.
duration thread_time();

}  // namespace hfpipe

#pragma once

#include "protocol/byte_count.hpp"

namespace hfpipe::cli {

/// Makes the process fit to carry other people's bytes, before it carries any: no core dump holds them, no other
/// process of this user reads them, freed buffers go back to the system, a closed pipe is an error and not the end. It
/// may have as many connections as the system allows it.
void settle_process();

/// User and system time so far.
double cpu_seconds();

/// The most memory that was resident at once.
byte_count peak_rss();

}  // namespace hfpipe::cli

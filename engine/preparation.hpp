#pragma once

#include <optional>

#include "engine/pack_intake.hpp"
#include "engine/transfer_run.hpp"

namespace hfpipe {

/// Steps 1 to 4 of a run (engine/transfer.cpp): lists both sides, plans into r.result.refs, proves that the target may
/// be written, and takes in the pack with the LFS objects it names. Changes nothing on the target. Nothing: there is
/// nothing to move. Fails as the ends do, blamed on the side it was, and where the two cannot go together.
task<std::optional<pack_intake>> prepare(transfer_run& r);

}  // namespace hfpipe

#pragma once

#include <vector>

#include "engine/pack_scan.hpp"
#include "engine/patience.hpp"
#include "engine/ref_plan.hpp"

namespace hfpipe {

/// Rejects those updates without force that would throw commits of the target away. Decided exactly and without an
/// object store: `old` is an ancestor of `new` when one of the commits that the source sends for want `new`, have `old`
/// has `old` as a parent. What cannot be decided within the memory bound is rejected, too.
/// Asks the source once for each update without force: its commits where it can filter, else the ordinary pack; holds
/// nothing of it. Throws what the source fails with for good, errc::ref_vanished among it, and when cancelled.
task<> refuse_rewinds(git_source& from, std::vector<ref_row>& rows, const intake_terms& terms, byte_budget& budget,
                      patience& tries);

}  // namespace hfpipe

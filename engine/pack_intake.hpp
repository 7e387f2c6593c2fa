#pragma once

#include <vector>

#include "engine/byte_budget.hpp"
#include "engine/events.hpp"
#include "engine/kept_pack.hpp"
#include "protocol/git/pack_walker.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// How much memory the pack and its walker may take, from the ceiling of the whole run (docs/architecture.md).
struct intake_limits {
  byte_count kept;    ///< the pack itself
  byte_count walker;  ///< what the walker retains, leased while the pack arrives
  byte_count chain;   ///< one delta chain of it
};
intake_limits intake_limits_for(byte_count buffer_memory);

/// A pack that arrived whole: checked, kept, and with the LFS objects that it names.
struct pack_intake {
  kept_pack pack;
  git::pack_summary summary;
  std::vector<lfs_object> found;
};

/// Fetches one pack, walks it as it passes and keeps it. On return the source ended it properly, its count, framing and
/// checksum are right and every pointer in it is known.
/// Fails with errc::pack_too_large, walk_incomplete, pack_corrupt, pack_truncated (blamed on the source), and what the
/// source fails with. Failed or cancelled, it holds nothing.
task<pack_intake> take_in_pack(git_source& from, fetch_request request, object_format format, intake_limits limits,
                               byte_budget& budget, observer& watcher);

/// The memory for a run whose objects the target has already: refs move, nothing else.
pack_intake empty_pack_intake(object_format format, byte_budget& budget);

}  // namespace hfpipe

#pragma once

#include <memory>
#include <vector>

#include "engine/outgoing_pack.hpp"
#include "engine/pack_scan.hpp"

namespace hfpipe {

/// A pack whose LFS objects are all found, ready to be pushed.
struct pack_intake {
  std::unique_ptr<outgoing_pack> pack;
  std::vector<lfs_object> found;
  std::set<std::string> lfs_servers;  ///< see pack_scan
};

/// Fetches one pack and finds the LFS objects that it names. What fits is kept as it passes; what does not is left at
/// the source, to be fetched again by each push.
///
///   fits -> kept                                    the whole pack was found right
///   does not fit, source filters -> drop, scan      only what may be a pointer is read
///   does not fit, no filter -> read on as a scan    nothing is kept
///
/// Objects that the walk could not look at are looked for once more: through the filter, or without one in the same
/// pack again, with more memory for the few that are left.
/// Fails with errc::walk_incomplete, pack_corrupt, pack_truncated (blamed on the source), and what the source fails
/// with. Failed or cancelled, it holds nothing. `from` and `budget` must outlive the pack.
task<pack_intake> take_in_pack(git_source& from, fetch_request request, intake_terms terms, byte_budget& budget,
                               observer& watcher);

/// The memory for a run whose objects the target has already: refs move, nothing else.
pack_intake empty_pack_intake(object_format format, byte_budget& budget);

}  // namespace hfpipe

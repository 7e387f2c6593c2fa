#pragma once

#include <memory>
#include <vector>

#include "engine/outgoing_pack.hpp"
#include "engine/pack_scan.hpp"

namespace hfpipe {

/// A pack that is known whole: its end and checksum were right, the LFS objects that it names are all found, and it can
/// be pushed.
struct pack_intake {
  std::unique_ptr<outgoing_pack> pack;
  git::pack_summary summary;
  std::vector<lfs_object> found;
};

/// Fetches one pack, walks it as it passes and keeps it. On return the source ended it properly, its count, framing and
/// checksum are right and every pointer in it is known.
/// Fails with errc::pack_too_large, walk_incomplete, pack_corrupt, pack_truncated (blamed on the source), and what the
/// source fails with. Failed or cancelled, it holds nothing. `from` and `budget` must outlive the pack.
task<pack_intake> take_in_pack(git_source& from, fetch_request request, intake_terms terms, byte_budget& budget,
                               observer& watcher);

/// The memory for a run whose objects the target has already: refs move, nothing else.
pack_intake empty_pack_intake(object_format format, byte_budget& budget);

}  // namespace hfpipe

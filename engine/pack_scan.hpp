#pragma once

#include "engine/pack_walk.hpp"

namespace hfpipe {

/// How much memory the pack and its walker may take, from the ceiling of the whole run (docs/architecture.md).
struct intake_limits {
  byte_count kept;    ///< the pack itself
  byte_count walker;  ///< what the walker retains, leased while the pack arrives
  byte_count chain;   ///< one delta chain of it
};
intake_limits intake_limits_for(byte_count buffer_memory);

/// What a run needs to know of a pack, and how much of it may be forgiven.
struct intake_terms {
  object_format format = object_format::sha1;
  bool can_filter = false;       ///< the source takes `filter`
  bool allow_unscanned = false;  ///< go on though some objects could not be looked at (told as event::warning)
  intake_limits limits;
};

/// Finds every LFS object that what `request` asks for names, and keeps nothing of the pack. Asks the source to leave
/// large blobs out where it can; a source that then refuses is asked without.
/// Fails with errc::walk_incomplete, pack_corrupt, pack_truncated (blamed on the source), and what the source fails
/// with. Failed or cancelled, it holds nothing.
task<pack_scan> scan_pack(git_source& from, fetch_request request, intake_terms terms, byte_budget& budget,
                          observer& watcher);

/// The same in memory that is leased already, leaving the judgement to accept_misses(): summary.unresolved tells.
task<pack_scan> look_through(git_source& from, fetch_request request, intake_terms terms, walking_room& room,
                             byte_budget& budget, observer& watcher);

/// Fetches the pack of `scan` once more and looks only for what was missed: nothing else is kept, and the walker gets
/// twice its share, so the bases may be far larger. What it finds joins `scan`, if the source sends the very same pack.
/// Does nothing where nothing was missed, or more than could be remembered.
task<> look_again(git_source& from, fetch_request request, intake_terms terms, walking_room& room, byte_budget& budget,
                  pack_scan& scan, observer& watcher);

/// Throws errc::walk_incomplete when objects that may be pointers could not be looked at; where `terms` allow it, tells
/// them as event::warning instead.
void accept_misses(const git::pack_summary& summary, const intake_terms& terms, observer& watcher);

}  // namespace hfpipe

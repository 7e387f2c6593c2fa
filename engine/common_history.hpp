#pragma once

#include <vector>

#include "engine/events.hpp"
#include "engine/pack_scan.hpp"
#include "engine/ref_plan.hpp"

namespace hfpipe {

/// What is known of both sides before a pack is fetched.
struct history_question {
  std::vector<git_oid> wants;  ///< of the fetch
  std::vector<git_oid> tips;   ///< the target's values of what will move, as far as the source's listing lacks them
};

/// Commits of the target's history that the source has too, for those tips that the source does not have: somebody
/// committed on the target, or the source's history was written anew. As haves they keep the source from sending what
/// both have. Asks the source which tips it knows, and where it lacks some, the target for its newest commits: 16 of a
/// tip, then 128, 1024 and 8192, until the source knows one.
/// Only a hint: nothing is found where a side cannot answer, and a failure is told as event::warning. Cancelled: throws
/// errc::cancelled. Leases the walker's memory and history_room.
task<std::vector<git_oid>> find_common_history(git_source& source, git_source& target, history_question question,
                                               const intake_terms& terms, byte_budget& budget, observer& watcher);

/// The target's values that the source did not list and that a fetch would want more of: of updates alone.
std::vector<git_oid> unlisted_tips(const std::vector<ref_row>& rows, const git::ref_listing& source);

/// The ids of one line of history: as many as one request can carry, in sets and lists of 100 bytes each.
inline constexpr byte_count history_room = 4_MiB;
/// Branches that were each committed to on the target are few; what is found for some serves others.
inline constexpr std::size_t most_lines = 16;

}  // namespace hfpipe

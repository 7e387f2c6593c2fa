#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/host_rules.hpp"
#include "protocol/git/push_dialogue.hpp"
#include "protocol/git/refspec.hpp"
#include "protocol/ref_name.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

enum class ref_action { create, update, delete_, up_to_date, skip };
enum class ref_status { planned, ok, rejected, skipped, failed };
/// Whether an update may throw away what the target has.
enum class on_divergence { refuse, overwrite };

std::string_view to_text(ref_action action);
std::string_view to_text(ref_status status);

/// One ref of a run: what was planned and what became of it. `name` is the target's name of it.
struct ref_row {
  ref_name name;
  ref_action action;
  std::optional<git_oid> old_id;  ///< on the target before; absent when it did not exist
  std::optional<git_oid> new_id;  ///< from the source; absent when it is deleted
  ref_status status = ref_status::planned;
  std::string reason;  ///< why it is skipped, rejected or failed; for people
  on_divergence divergence = on_divergence::overwrite;
};

/// What the user wants with refs.
struct ref_policy {
  /// Without one that takes refs in: +refs/heads/*:refs/heads/* and +refs/tags/*:refs/tags/*.
  std::vector<git::refspec> refspecs;
  /// Instead of refspecs: a whole ref, or the branch of that name, or where the source has none, the tag. Empty: none.
  std::string revision = {};
  bool prune = false;     ///< delete what the refspecs map to and the source no longer has
  bool no_force = false;  ///< as if no refspec had a '+': branches only go forward, tags stay
};

/// Decides what happens to each ref of the target that a refspec makes of a source ref, and with `prune` to those that
/// it would make of a source ref that is no longer there. An update without force is planned, but may only be pushed
/// once refuse_rewinds() has looked at it. What is certain to be refused is left out (`skipped`): the host's hidden
/// namespaces, deleting the target's default branch. What the user's own rules forbid is `rejected`: moving a tag
/// without force, a new ref where another that stays is in its way.
/// With `prune`, a refspec that takes in no ref of the source would only delete: errc::not_found.
/// Sorted by name, deletes last, the source's default branch first: hosts take the first branch that is pushed as their
/// default. Fails with errc::bad_refspec when two source refs map to one name or a mapped name is invalid, with
/// errc::not_found when a refspec or the revision names one ref and the source does not have it.
outcome<std::vector<ref_row>> plan_refs(const git::ref_listing& source, const target_listing& target,
                                        const ref_policy& policy, const host_rules& host);

/// The refspecs of the user's that are patterns and take in no ref of the source.
std::vector<std::string> idle_patterns(const ref_list& source, const ref_policy& policy);

/// All or none: where one row is rejected, rejects every row that was to move.
void hold_together(std::vector<ref_row>& rows);

/// Whether the run still has to carry this row out.
bool is_to_move(const ref_row& row);

using name_set = std::set<std::string_view>;
/// A member of `names` that cannot exist beside `name`, because one is a folder of the other; empty without one.
std::string_view nested_with(std::string_view name, const name_set& names);

/// How a push spells the row.
git::ref_command command_of(const ref_row& row, object_format format);

}  // namespace hfpipe

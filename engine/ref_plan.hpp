#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/git/push_dialogue.hpp"
#include "protocol/git/refspec.hpp"
#include "protocol/ref_name.hpp"

namespace hfpipe {

enum class ref_action { create, update, delete_, up_to_date, skip };
enum class ref_status { planned, ok, rejected, skipped, failed };

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
};

/// What the user wants with refs.
struct ref_policy {
  /// Without one that takes refs in: +refs/heads/*:refs/heads/* and +refs/tags/*:refs/tags/*.
  std::vector<git::refspec> refspecs;
  bool prune = false;     ///< delete what the refspecs map to and the source no longer has
  bool no_force = false;  ///< as if no refspec had a '+'
};

/// Decides for each source ref that a refspec takes what happens to it on the target.
/// Sorted by name, the source's default branch first: hosts take the first branch that is pushed as their default.
/// Fails with errc::bad_refspec when two source refs map to one name or a mapped name is invalid, with errc::not_found
/// when a refspec names one ref and the source does not have it.
outcome<std::vector<ref_row>> plan_refs(const ref_list& source, const ref_list& target,
                                        const std::optional<ref_name>& source_default_branch, const ref_policy& policy);

/// Whether the run still has to carry this row out.
bool is_to_move(const ref_row& row);

/// The commands of the rows that are planned to move, creates and updates in the plan's order.
std::vector<git::ref_command> commands_of(const std::vector<ref_row>& rows, object_format format);

}  // namespace hfpipe

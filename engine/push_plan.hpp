#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ref_plan.hpp"

// What the next push carries, and what its answer means. Pure; engine/ref_push.cpp carries it out.

namespace hfpipe {

/// Rows that go together, by their place in the plan.
using push_batch = std::vector<std::size_t>;

/// The pushes of the rows that are to move, in order: deletes that a new ref waits for; creates and updates, with the
/// pack; all other deletes, because one refused delete sinks a whole push on some hosts. All or none: everything in one
/// push, apart from the deletes that must come before (git refuses both in one transaction).
std::vector<push_batch> plan_pushes(const std::vector<ref_row>& rows, git::atomicity mode);

/// What a server's words after `ng` are about.
enum class refusal {
  of_push,       ///< all of it, whichever ref is to blame
  of_old_value,  ///< the ref moved, or somebody holds it, at this moment
  of_pack,       ///< what the target had when it was asked is gone; the next run sends more
  of_ref,        ///< this ref, for good
};
refusal meaning_of(std::string_view words);

/// Whether every row was refused for the whole push: of several it cannot be seen which one is to blame.
bool is_refused_as_a_whole(const std::vector<ref_row>& rows, const push_batch& batch, const git::push_report& report);

/// More pushes than that to find out which refs are refused annoy the host more than they help.
inline constexpr unsigned most_refused_pushes = 64;
/// So few refs are tried one by one; more are halved.
inline constexpr std::size_t most_single_pushes = 8;

struct after_refusal {
  push_batch left_out;           ///< not tried again
  std::vector<push_batch> next;  ///< to be tried, in order
};

/// What to do about a push that was refused as a whole: the refs or namespaces that the target's words name are left
/// out; when they name none, branches and tags go apart from the rest, then halves, then each ref alone.
after_refusal plan_after_refusal(const std::vector<ref_row>& rows, const push_batch& batch,
                                 const git::push_report& report, unsigned refused_pushes);

/// Whether the target shows (null: nothing) what the row wants.
bool is_in_place(const ref_row& row, const git_oid* shown);

/// Judges each row of `batch` by what the target shows now. `report` gives the reasons of refusals, `broke` why a push
/// without a report ended; either may be missing. A row stays planned, with what the target shows as its new old value,
/// when somebody else moved it and it is forced; and as it is when the same may work again.
void judge_rows(std::vector<ref_row>& rows, const push_batch& batch, const ref_list& now,
                const git::push_report* report, const failure* broke);

/// Rejects what is left of a push that was refused as a whole, once enough pushes were refused.
void reject_untried(std::vector<ref_row>& rows, const push_batch& batch);

/// Rejects new refs that waited for a delete that did not happen.
void reject_blocked(std::vector<ref_row>& rows, const push_batch& batch);

/// What the target refused and a copy can do without (deletes, refs that are neither branches nor tags) becomes
/// `skipped`. Returns a line for each namespace and reason.
std::vector<std::string> settle_left_out(std::vector<ref_row>& rows);

}  // namespace hfpipe

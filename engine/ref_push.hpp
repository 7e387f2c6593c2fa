#pragma once

#include <vector>

#include "engine/events.hpp"
#include "engine/outgoing_pack.hpp"
#include "engine/patience.hpp"
#include "engine/ref_plan.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// Pushes what `rows` still plan, with `pack`, then reads the target's refs back: every row that was to move ends as
/// `ok` (the target shows the planned value), `rejected` (the target said no, with its reason) or `failed`.
/// A push that broke off is tried again for the refs that are still at their old value, as `tries` decides.
/// Throws what broke the last push while rows are `failed` for it, when the outcome cannot be read back, and when
/// cancelled; a refusal by the target is not thrown: verdict_of() tells.
task<> push_refs(git_target& to, std::vector<ref_row>& rows, outgoing_pack& pack, object_format format, patience& tries,
                 observer& watcher);

/// Judges each row that was to move by what the target shows now. `report` gives the reasons of refusals, `broke` why a
/// push without a report ended; either may be missing. Rows at their old value without a reason stay planned when the
/// push broke off for a cause that may pass. Pure.
void judge_rows(std::vector<ref_row>& rows, const ref_list& now, const git::push_report* report, const failure* broke);

/// What the rows mean for the run: nothing, or one failure that counts and quotes.
/// A row that is `failed` is a failure (errc::ref_mismatch), one that is `rejected` is a graver one
/// (errc::push_refused). One that is `skipped` was left out: a failure only with `strict`, or when the target refused
/// it and no ref at all is as it should be.
std::optional<failure> verdict_of(const std::vector<ref_row>& rows, bool strict);

/// Whether the target said no to this row, and not we.
bool is_refused_by_target(const ref_row& row);

}  // namespace hfpipe

#pragma once

#include <vector>

#include "engine/events.hpp"
#include "engine/outgoing_pack.hpp"
#include "engine/patience.hpp"
#include "engine/push_plan.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

struct push_terms {
  object_format format = object_format::sha1;
  git::atomicity mode = git::atomicity::each_ref_for_itself;  ///< as `to` was made for
  duration look_again = std::chrono::seconds(5);              ///< between two looks at a target that is still at work
  rate_limit* pace = nullptr;                                 ///< of the packs' bytes; null: as fast as they go
};

/// Pushes what `rows` still plan, in the order of plan_pushes(), and reads the target's refs back after each push:
/// every row that was to move ends as `ok` (the target shows the planned value), `rejected` (the target said no to a
/// branch or tag), `skipped` (it said no to what a copy can do without) or `failed`; each but the first with its
/// reason. One event::warning for each class that was left out. A push that broke off is read back until no more of its
/// refs move, and tried again for those that are still at their old value, as `tries` decides; one that was refused as
/// a whole goes on without what is to blame (not when all or none shall move); a ref that somebody else moved meanwhile
/// is pushed over that, at most three times, if it is forced. Throws what broke the last push while rows are `failed`
/// for it, when the outcome cannot be read back, and when cancelled; a refusal by the target is not thrown:
/// verdict_of() tells.
task<> push_refs(git_target& to, std::vector<ref_row>& rows, outgoing_pack& pack, push_terms terms, patience& tries,
                 observer& watcher);

/// What the rows mean for the run: nothing, or one failure that counts and quotes.
/// A row that is `failed` is a failure (errc::ref_mismatch), one that is `rejected` is a graver one
/// (errc::push_refused). One that is `skipped` was left out: a failure only with `strict`, or when the target refused
/// it and no ref at all is as it should be.
std::optional<failure> verdict_of(const std::vector<ref_row>& rows, bool strict);

/// Whether the target said no to this row, and not we.
bool is_refused_by_target(const ref_row& row);

}  // namespace hfpipe

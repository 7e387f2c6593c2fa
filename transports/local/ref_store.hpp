#pragma once

#include <span>

#include "protocol/byte_count.hpp"
#include "protocol/git/push_dialogue.hpp"
#include "protocol/git/ref_listing.hpp"
#include "transports/local/libgit2.hpp"
#include "transports/local/worker.hpp"

namespace hfpipe::local {

/// All refs of the repository, symbolic ones by what they mean, and the branch that HEAD names. Broken ones are left
/// out. Fails with errc::file_failed.
git::ref_listing list_refs(const repository& in, const stop_flag& stop);

/// Moves refs whose old values hold, each locked while it is compared and moved, or refuses them one by one as git's
/// receive-pack does: receive.denyCurrentBranch, denyDeletes and denyNonFastForwards are respected, hooks do not run.
/// All or none: nothing is moved before every ref is locked and right. Each new value must be whole with all it needs;
/// fails with errc::budget_exceeded when looking at that takes more memory than `list_limit`.
/// The HEAD of a bare repository that names no branch yet follows the first branch that is created.
/// Cancelled: only before the first ref moves.
git::push_report move_refs(const repository& in, std::span<const git::ref_command> commands, git::atomicity mode,
                           byte_count list_limit, const stop_flag& stop);

/// Makes HEAD name `branch`. Fails with errc::file_failed.
void name_default(const repository& in, const ref_name& branch);

}  // namespace hfpipe::local

#pragma once

#include "protocol/platform/repository_facts.hpp"

namespace hfpipe {

/// What a mirror's state says of the update that was asked for.
enum class mirror_verdict { waiting, running, updated, failed };

/// Judges `now`, given the state right before the update was asked for. Only an end that is not the one known before
/// is an answer and, where the host tells beginnings, only of an update that began later too: one that was running
/// when it was asked for may have read the source before.
mirror_verdict judge(const platform::mirror_state& before, const platform::mirror_state& now);

}  // namespace hfpipe

#pragma once

#include "engine/blob_relay.hpp"
#include "engine/byte_budget.hpp"
#include "engine/events.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// Reads one object of the target (`entry` from its locate()) to the end and drops the bytes. On return they were what
/// the object's name and size say.
/// Fails with errc::digest_mismatch or size_mismatch, blamed on the target, and as `from` does.
/// Tells blob_started and blob_progress. Costs what a relay costs, leased from `budget` before anything is opened.
task<> check_blob(blob_source& from, const lfs::batch_entry& entry, relay_terms terms, byte_budget& budget,
                  observer& watcher);

}  // namespace hfpipe

#pragma once

#include <cstdint>
#include <vector>

#include "engine/blob_relay.hpp"
#include "engine/transfer.hpp"

namespace hfpipe {

/// Copies what the target lacks of `found` (each object once): asks the target, asks the source just before use, relays
/// large ones and small ones in two lanes, tries again by options.retries. An object that fails for good stands in
/// `failed` or `missing` and does not stop the others. `totals` (empty at first) is kept up to date, so that it says
/// what was done also when this fails. Fails when an end no longer answers questions (credentials, no LFS there,
/// retries used up): then nothing more can arrive. What is stored stays stored. All of it is decided here; only relays
/// run on `shards` too. Cancelled: ends every relay first. Costs about 2 KiB beside the budget for each object
/// under way or asked for ahead: 300 more than run.
task<> copy_blobs(blob_source& source, blob_target& target, std::vector<lfs_object> found,
                  const transfer_options& options, byte_budget& budget, observer& watcher, std::uint64_t& retries,
                  lfs_totals& totals, std::vector<blob_shard> shards = {});

}  // namespace hfpipe

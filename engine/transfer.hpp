#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/blob_shards.hpp"
#include "engine/events.hpp"
#include "engine/ref_plan.hpp"
#include "engine/retry_plan.hpp"
#include "protocol/byte_count.hpp"
#include "protocol/oid.hpp"
#include "transports/endpoint.hpp"
#include "transports/rate_limit.hpp"

namespace hfpipe {

/// Which LFS objects are copied: those that what moves names, all that the planned refs reach (which repairs a target
/// whose refs are right and whose objects are not), or none.
enum class lfs_mode { new_objects, all, none };
enum class run_mode { copy, dry_run };

/// What to do; every member has a default.
struct transfer_options {
  ref_policy refs;
  host_rules host;  ///< the target's kind of host
  lfs_mode lfs = lfs_mode::new_objects;
  run_mode mode = run_mode::copy;
  bool atomic = false;                   ///< all refs of a push or none, where the target can
  bool strict = false;                   ///< a ref that the target refuses, or that was left out, makes the run fail
  bool strict_lfs = false;               ///< so does an object that neither side has
  bool allow_unscanned = false;          ///< go on though some objects of the history could not be looked at
  unsigned transfers = 8;                ///< large objects in flight; small ones up to twelve times as many
  unsigned streams = 8;                  ///< most connections to the source for one object
  byte_count buffer_memory{128U << 20};  ///< the ceiling of all buffers together
  retry_policy retries;
  rate_limit* pace = nullptr;  ///< of what leaves for the target: objects and packs; must outlive the run
};

/// The ends of a run. All must outlive it.
struct endpoints {
  git_source& source_git;
  git_target& target_git;
  blob_source& source_blobs;
  blob_target& target_blobs;
  blob_source& target_stored;  ///< the target seen as a source: says what it has without a word that could change it
  std::vector<blob_shard> shards = {};   ///< more threads that relay blobs, each with ends of its own for that
  git_source* target_history = nullptr;  ///< the target's own upload-pack: what both sides have is looked for there
};

/// One LFS object that did not arrive, and why.
struct blob_trouble {
  lfs_object blob;
  failure why;
};

/// What became of the LFS objects. In a dry run `sent` stays 0.
struct lfs_totals {
  std::uint64_t objects = 0;  ///< distinct objects that what moves names
  byte_count bytes;
  std::uint64_t present = 0;  ///< of them, on the target already
  byte_count present_bytes;
  std::uint64_t sent = 0;  ///< of them, stored by this run
  byte_count sent_bytes;
  std::vector<blob_trouble> missing;  ///< pointers whose object neither side has: reported, not fatal
  std::vector<blob_trouble> failed;   ///< could not be copied: no ref moved
};

struct pack_totals {
  byte_count bytes;
  std::uint64_t objects = 0;
  unsigned fetches = 0;
};

/// What a run did. Derived from reading the target's refs back, not from what was sent.
struct transfer_result {
  std::vector<ref_row> refs;  ///< in the order of the plan, one for each ref that was considered
  lfs_totals lfs;
  pack_totals pack;
  std::uint64_t retries = 0;
  byte_count peak_buffer;
  std::optional<failure> error;  ///< the gravest thing that went wrong; absent when all that was planned is true
};

/// Runs one transfer. Does not throw `failed`: what goes wrong is in the result, beside what was done until then.
/// Cancelled: the result's error is errc::cancelled; each ref is at its old or its planned value, and the rows that the
/// run did not reach say `failed`.
task<transfer_result> run_transfer(endpoints ends, transfer_options options, observer& watcher);

}  // namespace hfpipe

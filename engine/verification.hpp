#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/events.hpp"
#include "engine/ref_plan.hpp"
#include "engine/retry_plan.hpp"
#include "engine/transfer.hpp"
#include "transports/endpoint.hpp"
#include "transports/rate_limit.hpp"

namespace hfpipe {

/// How an object of the target is judged: by the target's word that it has it, or by reading all of its bytes.
enum class verify_depth { presence, bytes };

/// What to compare; every member has a default.
struct verification_options {
  ref_policy refs;  ///< as for the copy that is verified
  host_rules host;  ///< of the target
  verify_depth depth = verify_depth::presence;
  bool allow_unscanned = false;  ///< go on though some objects of the history could not be looked at
  unsigned transfers = 8;        ///< objects that are read at once
  byte_count buffer_memory{128U << 20};
  retry_policy retries;
  rate_limit* pace = nullptr;  ///< of the bytes that are read back; must outlive the run
};

/// Both sides of a verification, as sources: nothing that could write is within its reach. All must outlive it.
struct verification_ends {
  git_source& source_git;
  git_source& target_git;
  blob_source& source_blobs;
  blob_source& target_blobs;
};

/// What was compared, and what is not as a copy would leave it.
struct verification_result {
  std::vector<ref_row> refs;  ///< as a copy would plan them; differs() tells which are differences
  std::uint64_t objects = 0;  ///< distinct LFS objects that the source's refs reach
  byte_count bytes;
  std::uint64_t present = 0;                  ///< of them, on the target by its own word
  std::uint64_t proven = 0;                   ///< of them, read back and found right
  std::vector<blob_trouble> differing;        ///< not on the target, or there with other bytes or none that can be read
  std::vector<lfs_object> absent_everywhere;  ///< pointers whose object neither side has: no difference
  pack_totals pack;
  std::uint64_t retries = 0;
  byte_count peak_buffer;
  std::optional<failure> error;  ///< why the comparison is not complete
};

/// Whether the target shows something else than a copy would leave there. What a copy leaves out because the host is
/// certain to refuse it is no difference.
bool differs(const ref_row& row);

/// Whether everything was compared and nothing differs.
bool is_true_copy(const verification_result& result);

/// Compares the target with what a copy would leave there: its refs, and every LFS object that the source's refs reach.
/// Changes nothing anywhere. Does not throw `failed`: what goes wrong is in the result, beside what was found until
/// then. An object whose bytes cannot be read for a cause that may pass ends it, for that is no difference.
task<verification_result> run_verification(verification_ends ends, verification_options options, observer& watcher);

}  // namespace hfpipe

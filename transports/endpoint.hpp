#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/byte_count.hpp"
#include "protocol/git/push_dialogue.hpp"
#include "protocol/git/ref_listing.hpp"
#include "protocol/lfs/batch.hpp"
#include "protocol/oid.hpp"
#include "transports/task.hpp"

// The narrow waist: all that the engine knows of the outside world. The engine drives these; adapters in the folders
// beside this file implement them; tests/support/fake_endpoints.hpp implements them in memory.
//
// Memory: a byte_source writes into room that the caller owns, a chunk_source lends memory that it owns. So every large
// buffer belongs to the engine, which leased it; adapters own only what a connection needs (docs/architecture.md).

namespace hfpipe {

/// Bytes that arrive. One reader.
class byte_source {
 public:
  virtual ~byte_source() = default;
  /// Reads at least one byte into `room` (not empty). 0 is the proper end, for ever; anything else is a failure.
  /// Cancelled or failed, the source may only be destroyed.
  virtual task<std::size_t> read_some(std::span<std::byte> room) = 0;
};

/// Bytes to send, lent piece by piece. One reader.
class chunk_source {
 public:
  virtual ~chunk_source() = default;
  /// The next bytes; an empty span is the proper end. The view lives until the next call.
  /// A failure (its blame is kept) means that what was sent so far must never become a complete object or pack.
  virtual task<std::span<const std::byte>> next() = 0;
};

// ---- Git -----------------------------------------------------------------------------------------------------------

struct source_listing {
  git::ref_listing listing;
  bool can_filter = false;  ///< a fetch may carry a filter
  bool can_deepen = false;  ///< a fetch may carry a depth
};

struct fetch_request {
  std::vector<git_oid> wants;  ///< not empty, no duplicates
  std::vector<git_oid> haves;  ///< hints: what the target has; unknown ones are harmless
  bool ofs_delta = true;       ///< whether the pack may name delta bases by offset
  std::string filter;          ///< `blob:limit=1024`, or empty
  unsigned depth = 0;          ///< so many commits of each want's history, where the source can; 0: all
};

class git_source {
 public:
  virtual ~git_source() = default;
  /// What the source has now. Must come before fetch().
  virtual task<source_listing> list() = 0;
  /// Asks for one pack; returns when its first byte is due. The end of the stream is proper only when the server ended
  /// the pack properly; the pack itself is not checked here. Fails with errc::ref_vanished when a want is gone.
  virtual task<std::unique_ptr<byte_source>> fetch(fetch_request request) = 0;
  /// Which of `haves` (at most git::haves_limit are asked for) the source has, as it says when `wants` are asked for
  /// with them; fetches nothing. Nothing at all where it cannot say. list() came before.
  virtual task<std::optional<std::vector<git_oid>>> common(std::vector<git_oid> wants, std::vector<git_oid> haves) = 0;
};

struct target_listing {
  git::ref_listing listing;
  bool takes_ofs_delta = false;
  bool can_delete = false;
  bool can_atomic = false;
};

/// Whether the default branch is to be found out too: over the wire that takes two more round trips.
enum class listed_refs { alone, with_default_branch };

class git_target {
 public:
  virtual ~git_target() = default;
  /// What the target has now, by receive-pack (the truth for old values); the default branch by upload-pack.
  virtual task<target_listing> list(listed_refs what) = 0;
  /// Sends an empty push: proves credentials, redirects and body policy, and makes push-to-create hosts create the
  /// repository. Changes no ref.
  virtual task<> probe() = 0;
  /// Sends `commands` (not empty; list() came before) and `pack`, which is null exactly when every command deletes.
  /// `length` is the pack's size where it is known; without it the body goes chunked. A pack that fails ends the body
  /// early and properly, so that nothing becomes visible, and its failure is thrown.
  /// A report means the server answered, not that it agreed. Cancelled or failed: refs may or may not have moved; list
  /// again.
  virtual task<git::push_report> push(std::vector<git::ref_command> commands, chunk_source* pack,
                                      std::optional<byte_count> length) = 0;
};

// ---- LFS -----------------------------------------------------------------------------------------------------------

/// Over which connection a stream is read. A fresh one where another gave wrong bytes: what stands between may do so
/// again.
enum class connection_use { any, fresh };

class blob_source {
 public:
  virtual ~blob_source() = default;
  /// Asks where objects are: one entry for each, in the order asked, with a download action or an error.
  /// An object that the reply leaves out, or offers no download of without an error, gets error lfs::no_answer.
  virtual task<std::vector<lfs::batch_entry>> locate(std::vector<lfs_object> wanted) = 0;
  /// Opens `entry` (from locate()) at byte `from`, to read it up to `until` or, without one, to its end. The bytes are
  /// not checked here, but never more than that. A stream that ends earlier is all that the host gives at once: the
  /// rest is to be opened where it ended. Fails with errc::bad_range_reply where the host does not give what was asked
  /// for. `entry` must live until this has returned.
  virtual task<std::unique_ptr<byte_source>> open(const lfs::batch_entry& entry, byte_count from,
                                                  connection_use use = connection_use::any,
                                                  std::optional<byte_count> until = {}) = 0;
};

class blob_target {
 public:
  virtual ~blob_target() = default;
  /// Asks what is missing: one entry for each, in the order asked. An upload action: missing. Neither action nor error:
  /// present. An object that the reply leaves out is present where the host is known to say it so (ModelScope's form);
  /// elsewhere it gets error lfs::no_answer.
  virtual task<std::vector<lfs::batch_entry>> missing(std::vector<lfs_object> wanted) = 0;
  /// Stores `body` as entry.object (missing() gave `entry`) and asks the target to verify where it offers that.
  /// Calls `sent` once when the last byte has left and the target's answer is awaited.
  /// Fails or cancelled: nothing is visible under that name, because the last byte was never sent.
  virtual task<> put(const lfs::batch_entry& entry, chunk_source& body, const std::function<void()>& sent) = 0;
  /// The most that put() will need for `entry` beside a connection: whoever calls it has leased that before. May
  /// become less while other objects are stored, never more.
  virtual byte_count working_memory(const lfs::batch_entry& entry) const = 0;
};

}  // namespace hfpipe

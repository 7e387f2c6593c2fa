#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "protocol/byte_count.hpp"
#include "protocol/digest.hpp"
#include "protocol/git/kept_chains.hpp"
#include "protocol/git/pack_entry.hpp"
#include "protocol/git/pack_search.hpp"
#include "protocol/git/type_runs.hpp"
#include "protocol/inflater.hpp"
#include "protocol/oid.hpp"

namespace hfpipe::git {

struct walker_limits {
  byte_count memory{32U << 20};   ///< everything it retains, except what was found and not taken
  byte_count chain{16U << 20};    ///< the sum of one delta chain's objects and deltas
  bool remembers_chains = false;  ///< up to a quarter of the memory goes to what missed() says
};

struct pack_progress {
  std::uint64_t objects_walked = 0;
  std::uint64_t objects_total = 0;  ///< 0 until the header came
  byte_count bytes;
};

struct pack_summary {
  std::uint64_t objects = 0;
  byte_count bytes;
  std::uint64_t unresolved = 0;          ///< candidates that could not be resolved within the bound
  std::optional<git_oid> checksum = {};  ///< the same for the same pack
};

/// Reads a pack as it passes and finds the LFS pointers in it, or a commit with a certain parent, or the names of the
/// commits, also those that are deltas, in one pass and bounded memory. When nothing is left unresolved, what it found
/// is complete and exact.
///
/// Flow:  feed -> header -> ( entry header -> zlib stream -> look )* -> trailer -> finish
///
/// A blob below the pointer cutoff is looked at directly. Small blobs are kept, compressed, because a later delta may
/// make a pointer of them; when the room is used up the largest go first. A delta whose base is gone is counted, never
/// guessed. Costs a pass of zlib and of the pack's own hash; nothing is allocated for objects of no interest.
class pack_walker {
 public:
  pack_walker(object_format format, walker_limits limits);
  /// Looks for a child of `parent` instead of pointers.
  pack_walker(object_format format, walker_limits limits, git_oid parent);
  /// Names the commits of the pack instead of looking for pointers.
  pack_walker(object_format format, walker_limits limits, commit_quota quota);
  /// Walks the same pack again for nothing but `missed`: all memory is for what these chains need, so each of their
  /// objects may be larger.
  pack_walker(object_format format, walker_limits limits, missed_chains missed);

  /// Walks the next bytes of the stream, any split. Fails with errc::pack_corrupt, for good.
  outcome<void> feed(std::span<const std::byte> bytes);
  /// LFS objects found since the last call, in pack order (those with a base later in the pack come last), each as
  /// often as a pointer names it; size-0 pointers are left out.
  std::vector<lfs_object> take_found() { return search_.take_found(); }
  /// The ids of the commits that came by since the last call, in pack order: where git made the pack, the newest first.
  std::vector<git_oid> take_commits() { return search_.take_commits(); }
  /// The LFS servers that files like .lfsconfig name (lfs::server_named_in), as far as they are no deltas: the first
  /// pack_search::most_servers of them, each once.
  const std::set<std::string>& lfs_servers() const { return search_.lfs_servers(); }
  /// Whether a commit that names the parent came by.
  bool met_child() const { return search_.met_child(); }
  pack_progress progress() const;
  /// Whether all objects and the trailer have been read.
  bool is_complete() const { return phase_ == phase::complete; }
  /// Call at the stream's end. Fails with errc::pack_truncated when incomplete, errc::pack_corrupt for a wrong trailer
  /// or bytes after it.
  outcome<pack_summary> finish();
  /// After finish(): what a second walk needs; nothing when that is more than was remembered. Lets go of what is kept.
  std::optional<missed_chains> missed() { return chains_.missed(); }
  /// What is held at this moment; never more than limits.memory (from 256 KiB on), whatever the pack.
  byte_count retained() const;

 private:
  enum class phase { pack_header, entry_header, entry_data, trailer, complete };

  outcome<void> walk(std::span<const std::byte>& rest);
  outcome<void> walk_all(std::span<const std::byte> bytes);
  outcome<void> read_pack_header(std::span<const std::byte>& rest);
  outcome<void> read_entry_header(std::span<const std::byte>& rest);
  outcome<void> read_entry_data(std::span<const std::byte>& rest);
  outcome<void> read_trailer(std::span<const std::byte>& rest);
  bool gather(std::span<const std::byte>& rest, std::size_t wanted);

  outcome<void> begin_entry();
  outcome<object_type> type_of_entry();
  outcome<void> end_entry(std::span<const std::byte> zlib_stream);
  outcome<void> end_delta(std::span<const std::byte> zlib_stream);
  outcome<void> next_entry();
  std::span<std::byte> room_for_content();
  void remember(std::span<const std::byte> zlib_stream);
  std::size_t most_compressed() const;
  bool is_worth_keeping() const;
  outcome<bool> keep(std::uint64_t result_size, std::span<const std::byte> zlib_stream);

  void look_at_entry();
  outcome<void> look_at_delta(std::uint64_t offset);
  outcome<void> look_at_pending();

  pack_walker(object_format format, walker_limits limits, pack_search search, std::optional<missed_chains> aim);

  object_format format_;
  pack_search search_;
  std::optional<missed_chains> aim_;  // a second walk's
  chain_limits keeps_;
  digest digest_;
  inflater zlib_;
  type_runs types_;
  kept_chains chains_;

  phase phase_ = phase::pack_header;
  std::optional<failure> broken_;
  std::uint64_t position_ = 0;
  std::uint64_t objects_total_ = 0;
  std::uint64_t objects_walked_ = 0;

  // the entry being read
  pack_entry entry_;
  object_type type_ = object_type::unknown;
  std::uint64_t offset_ = 0;
  std::uint64_t inflated_ = 0;
  bool untouched_ = true;  // no byte of its zlib stream was read yet
  bool worth_keeping_ = false;
  std::vector<std::byte> content_;     // all of a small object; of a large one its head, and passing parts
  std::vector<std::byte> compressed_;  // what came with earlier calls of an entry worth keeping
  std::array<std::byte, entry_header_limit> head_{};  // a header or trailer that is split
  std::size_t head_size_ = 0;

  std::optional<git_oid> checksum_;
};

}  // namespace hfpipe::git

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/byte_count.hpp"
#include "protocol/git/delta_chains.hpp"
#include "protocol/git/delta_links.hpp"
#include "protocol/git/kept_entries.hpp"
#include "protocol/git/pack_entry.hpp"
#include "protocol/inflater.hpp"
#include "protocol/oid.hpp"

namespace hfpipe::git {

struct chain_limits {
  byte_count store;        ///< of what is kept, with all that is noted of it
  std::size_t largest;     ///< an object of this size or more is not kept
  byte_count chain;        ///< the sum of one delta chain's objects and deltas
  bool remembers = false;  ///< notes what missed() says
};

/// What a second walk over the same pack needs to know, to find what the first one missed.
struct missed_chains {
  std::vector<std::uint64_t> ends;     ///< where the objects begin that could not be looked at; ascending
  std::vector<std::uint64_t> entries;  ///< these and all that they are made of; ascending
};

/// The small entries of a pack that is being walked, kept because a later delta may make a candidate of them (an object
/// of the type that is looked for), and the candidates made. One whose base is gone is counted, never guessed.
/// `zlib` is the walker's, between two entries. What takes it may rebuild objects, and fails as delta_chains::rebuild()
/// does.
class kept_chains {
 public:
  kept_chains(object_format format, object_type candidates, chain_limits limits);

  /// Allows so many more bytes of work (delta_chains::allow).
  void allow(std::uint64_t work) { chains_.allow(work); }

  /// To be told of each delta before its entry is: the pack's first one decides what is kept.
  outcome<void> meet_delta(delta_base how, inflater& zlib);
  /// Known only of what is kept.
  object_type type_of(const git_oid& base) const;
  bool may_be_candidate(object_type type) const { return type == candidates_ || type == object_type::unknown; }
  /// Whether entries of this type are kept.
  bool takes(object_type type) const { return may_be_candidate(type) || keeping_ != keeping::candidates; }

  /// Notes that the delta at `offset` stands on what is at `base_offset`. Precondition: offsets ascend.
  void link(std::uint64_t offset, std::uint64_t base_offset);
  /// Keeps the entry, with a copy of its `zlib_stream`. False: its result is too large.
  outcome<bool> keep(std::uint64_t offset, const pack_entry& entry, object_type type, std::uint64_t result_size,
                     std::span<const std::byte> zlib_stream, inflater& zlib);
  /// Lets go of the largest results until all of this and `others` are within limits.store.
  void shrink_beside(byte_count others);

  /// The candidate that begins at `offset`; lives until the next call. Nothing: it is another type, its base may still
  /// come (unless this is the `last` try), or it cannot be made and is counted.
  outcome<std::optional<std::span<const std::byte>>> make(std::uint64_t offset, bool last, inflater& zlib);
  /// After the pack's last entry: those whose base was awaited, and may be there now.
  outcome<std::vector<std::uint64_t>> take_pending(inflater& zlib);

  /// Counts a candidate that could not be looked at; miss() notes where it is, too.
  void give_up() { ++unresolved_; }
  void miss(std::uint64_t offset);
  std::uint64_t unresolved() const { return unresolved_; }
  /// What a second walk needs; nothing when that is more than was remembered. Lets go of what is kept.
  std::optional<missed_chains> missed();

  byte_count held() const;

 private:
  /// One by offset needs only its own type below it; one by oid may stand on anything, and its type is known only when
  /// its base is.
  enum class keeping { undecided, candidates, everything };

  outcome<bool> name(std::uint64_t offset, inflater& zlib);
  outcome<bool> name_all(inflater& zlib);

  object_format format_;
  object_type candidates_;
  chain_limits limits_;
  keeping keeping_ = keeping::undecided;
  kept_entries kept_;
  delta_chains chains_;
  delta_links links_;
  std::vector<std::uint64_t> pending_;  // candidates whose base may still come
  std::uint64_t unresolved_ = 0;
  std::vector<std::uint64_t> missed_;  // as many of them as are remembered
};

}  // namespace hfpipe::git

#pragma once

#include <cstdint>
#include <vector>

#include "engine/events.hpp"
#include "engine/kept_pack.hpp"
#include "transports/endpoint.hpp"
#include "transports/rate_limit.hpp"

namespace hfpipe {

struct pack_size {
  byte_count bytes;
  std::uint64_t objects = 0;
};

/// A pack that is ready to be pushed, as often as a push needs it. Where its bytes are is its own matter: in memory, or
/// still at the source.
class outgoing_pack {
 public:
  virtual ~outgoing_pack() = default;
  /// Sends `commands`, at least one of which needs objects, with the pack as fast as `pace` allows (null: as it goes),
  /// and tells event::push_started and push_progress. Fails as git_target::push() does, and as the source of the pack
  /// does, with the side that broke.
  virtual task<git::push_report> push(git_target& to, std::vector<git::ref_command> commands, rate_limit* pace,
                                      observer& watcher) = 0;
  /// What is known of it; of a pack still at the source only after a push, before it at least so much.
  virtual pack_size size() const = 0;
};

/// A pack is sent under its length up to this size and chunked beyond, as git does (http.postBuffer), so every host
/// takes both. A server's git that waits for the rest of a length never learns that the connection is gone, that of a
/// chunked body does: nothing that takes long may be cut in the middle of a length.
inline constexpr byte_count sized_pack_limit{1U << 20};

/// A pack in memory.
class outgoing_kept_pack final : public outgoing_pack {
 public:
  outgoing_kept_pack(kept_pack pack, pack_size size) : pack_(std::move(pack)), size_(size) {}

  task<git::push_report> push(git_target& to, std::vector<git::ref_command> commands, rate_limit* pace,
                              observer& watcher) override;
  pack_size size() const override { return size_; }

 private:
  kept_pack pack_;
  pack_size size_;
};

}  // namespace hfpipe

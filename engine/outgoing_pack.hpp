#pragma once

#include <vector>

#include "engine/events.hpp"
#include "engine/kept_pack.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// A pack that is ready to be pushed, as often as a push needs it. Where its bytes are is its own matter: in memory, or
/// still at the source.
class outgoing_pack {
 public:
  virtual ~outgoing_pack() = default;
  /// Sends `commands`, at least one of which needs objects, with the pack, and tells event::push_started and
  /// push_progress. Fails as git_target::push() does, and as the source of the pack does, with the side that broke.
  virtual task<git::push_report> push(git_target& to, std::vector<git::ref_command> commands, observer& watcher) = 0;
};

/// A pack in memory: each push sends it under its length.
class outgoing_kept_pack final : public outgoing_pack {
 public:
  explicit outgoing_kept_pack(kept_pack pack) : pack_(std::move(pack)) {}

  task<git::push_report> push(git_target& to, std::vector<git::ref_command> commands, observer& watcher) override;

 private:
  kept_pack pack_;
};

}  // namespace hfpipe

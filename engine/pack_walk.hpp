#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/events.hpp"
#include "engine/leased_buffer.hpp"
#include "protocol/git/pack_walker.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// The buffer that a pack arrives in. A sideband packet carries at most 64 KiB; four make a step worth reporting.
inline constexpr byte_count pack_read_room = 256_KiB;

/// The filter for a pack that is walked for its history only.
inline constexpr std::string_view commits_only = "tree:0";

/// The memory of a walk, leased before anything is asked for. Serves one walk after the other.
struct walking_room {
  lease walker;
  leased_buffer reading;
};
task<walking_room> lease_walking_room(byte_budget& budget, byte_count walker);

/// What a pack names.
struct pack_scan {
  git::pack_summary summary;
  std::vector<lfs_object> found;
  std::set<std::string> lfs_servers;         ///< that the history sends clones to
  std::optional<git::missed_chains> missed;  ///< where a second walk over the same pack may find the rest
};

/// Walks one pack as it arrives, and tells how far it is as event::pack_progress.
class pack_walk {
 public:
  /// `room` and `watcher` must outlive it; nobody else may use `room` meanwhile. Precondition: limits.memory is at most
  /// what room.walker leases.
  pack_walk(std::unique_ptr<byte_source> arriving, object_format format, git::walker_limits limits, walking_room& room,
            observer& watcher)
      : pack_walk(std::move(arriving), git::pack_walker(format, limits), room, watcher) {}
  /// The same with a walker that was made already.
  pack_walk(std::unique_ptr<byte_source> arriving, git::pack_walker walker, walking_room& room, observer& watcher)
      : arriving_(std::move(arriving)), walker_(std::move(walker)), room_(room), watcher_(watcher) {}

  /// Reads and walks some more; an empty span is the stream's proper end. The view lives until the next call.
  /// Fails as the source does, and with errc::pack_corrupt.
  task<std::span<const std::byte>> step();
  /// Takes step after step until the stream has ended.
  task<> run_out();

  git::pack_progress progress() const { return walker_.progress(); }
  /// After the stream's end. Throws errc::pack_truncated and pack_corrupt: nothing is believed before the pack's own
  /// end is right.
  pack_scan finish();

 private:
  std::unique_ptr<byte_source> arriving_;
  git::pack_walker walker_;
  walking_room& room_;
  observer& watcher_;
  std::vector<lfs_object> found_;  ///< repeats are dropped from time to time, so that it is bounded by what is distinct
  std::size_t sweep_at_ = 4096;
};

}  // namespace hfpipe

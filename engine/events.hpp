#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/failure.hpp"
#include "protocol/oid.hpp"
#include "transports/task.hpp"

// What happened, as values. The engine tells; tools/ print. Amounts are totals so far, not differences, so that a lost
// or repeated event can never push a display past 100 %.

namespace hfpipe::event {

/// What a run does while no object moves, and the moving of objects itself.
enum class step {
  listing,           ///< of both sides
  asking_to_write,   ///< the empty push
  reading_pack,      ///< the Git objects that will be pushed
  reading_history,   ///< the Git objects that are only looked at
  asking_for_blobs,  ///< which LFS objects the target has
  copying_blobs,
  pushing,
  checking,  ///< what the target shows afterwards
};

/// The run begins a step, or goes on with one that is not over: the pack is read while the target is asked for write
/// access, and what is waited for then is told again. A run that plans again goes back.
struct step_started {
  event::step step;
};
/// Both sides are listed.
struct listed {
  std::size_t source_refs;
  std::size_t target_refs;
};
/// What will move.
struct planned {
  std::size_t creates, updates, deletes, up_to_date, skipped;
};
/// A verification planned what the target should show, and so many of those refs show something else.
struct compared {
  std::size_t refs;
  std::size_t differing;
};
/// The pack is arriving. `objects` stays 0 until the pack's header said how many.
struct pack_progress {
  byte_count received;
  std::uint64_t objects_walked, objects;
};
/// The scan is over: so many distinct LFS objects are named by what moves.
struct blobs_found {
  std::size_t objects;
  byte_count bytes;
};
/// The target was asked: so many of them it has already.
struct blobs_present {
  std::size_t objects;
  byte_count bytes;
};
/// A relay begins, or begins again after a failure (attempt counts from 1).
struct blob_started {
  lfs_object blob;
  unsigned attempt;
};
/// A relay is due and waits until others give memory back; blob_started follows.
struct blob_waits_for_memory {
  lfs_object blob;
};
/// Where the time of one attempt went so far. What is in none of them was spent moving bytes.
struct relay_waits {
  duration for_memory{};
  duration for_source{};  ///< everything that had come was sent
  duration for_target{};  ///< the window was full
  duration for_limit{};   ///< the run's own limit let nothing pass
};
/// `sent` bytes of this attempt have left for the target.
struct blob_progress {
  lfs_object blob;
  byte_count sent;
  relay_waits waited = {};
};
/// The last byte has left; the target has not answered yet.
struct blob_finalising {
  lfs_object blob;
};
struct blob_stored {
  lfs_object blob;
};
/// All bytes of it were read back from the target, and were right.
struct blob_proven {
  lfs_object blob;
};
struct blob_failed {
  lfs_object blob;
  failure why;
};
/// Something will be tried again after `wait`. `what` is a noun: a host's step or an object.
struct retrying {
  std::string what;
  unsigned failures_so_far;
  duration wait;
  failure why;
};
/// A side asked for fewer requests (429, or a rate limit that is used up): nothing new is asked there for `wait`.
struct throttled {
  side who;
  duration wait;
};
/// What the run may do a second from now on, by its user's wish; absent: as much as goes.
struct limits_set {
  std::optional<byte_count> bytes;  ///< that leave for the target
  std::optional<double> requests;
};
/// The push begins. `bytes` is absent when nothing but deletes or an unknown amount goes.
struct push_started {
  std::size_t commands;
  std::optional<byte_count> bytes;
};
struct push_progress {
  byte_count sent;
};
/// The target's `remote:` lines, cleaned.
struct target_said {
  std::string line;
};
/// Something a person should know that changes nothing.
struct warning {
  std::string text;
};

}  // namespace hfpipe::event

namespace hfpipe {

using any_event =
    std::variant<event::step_started, event::listed, event::planned, event::compared, event::pack_progress,
                 event::blobs_found, event::blobs_present, event::blob_waits_for_memory, event::blob_started,
                 event::blob_progress, event::blob_finalising, event::blob_stored, event::blob_proven,
                 event::blob_failed, event::retrying, event::throttled, event::limits_set, event::push_started,
                 event::push_progress, event::target_said, event::warning>;

/// Told of every event, in order, on the engine's thread. Must not block and must not throw.
class observer {
 public:
  virtual ~observer() = default;
  virtual void on(const any_event& happened) noexcept = 0;
};

}  // namespace hfpipe

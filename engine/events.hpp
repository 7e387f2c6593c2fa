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

/// Both sides are listed.
struct listed {
  std::size_t source_refs;
  std::size_t target_refs;
};
/// What will move.
struct planned {
  std::size_t creates, updates, deletes, up_to_date, skipped;
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
/// `sent` bytes of this attempt have left for the target.
struct blob_progress {
  lfs_object blob;
  byte_count sent;
};
/// The last byte has left; the target has not answered yet.
struct blob_finalising {
  lfs_object blob;
};
struct blob_stored {
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

using any_event = std::variant<event::listed, event::planned, event::pack_progress, event::blobs_found,
                               event::blobs_present, event::blob_started, event::blob_progress, event::blob_finalising,
                               event::blob_stored, event::blob_failed, event::retrying, event::push_started,
                               event::push_progress, event::target_said, event::warning>;

/// Told of every event, in order, on the engine's thread. Must not block and must not throw.
class observer {
 public:
  virtual ~observer() = default;
  virtual void on(const any_event& happened) noexcept = 0;
};

}  // namespace hfpipe

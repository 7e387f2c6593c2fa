#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "engine/events.hpp"
#include "protocol/byte_count.hpp"
#include "protocol/oid.hpp"
#include "tools/hfpipe/bottleneck.hpp"
#include "tools/hfpipe/rate_window.hpp"

namespace hfpipe::cli {

/// Something that is due again after a failure, or, until then, what it waits for.
struct coming_retry {
  std::string what;
  std::string why;
  time_point due;
};

/// An object on its way.
struct moving_blob {
  byte_count size;
  byte_count sent;     ///< of this attempt
  byte_count reached;  ///< the most that any attempt sent: bytes that go twice are not counted twice
  unsigned attempt = 1;
  bool waits_for_memory = false;
  std::optional<time_point> finalising_since;
  std::optional<coming_retry> retry;
  time_point moved;  ///< when it last came forward
  event::relay_waits waited;
  rate_window rate;
};

/// Where a run is, folded from its events. Pure: the clock is an argument. Holds the moving objects only.
class progress_board {
 public:
  void fold(const any_event& happened, time_point now);

  event::step doing() const { return step_; }
  /// How long the step lasts.
  duration in_step(time_point now) const { return began_ ? now - step_since_ : duration::zero(); }

  /// Bytes of objects that are stored or on their way. Falls only when an object is given up.
  byte_count done() const;
  /// Bytes of objects to move, once the scan is over.
  std::optional<byte_count> total() const;
  /// By bytes, never above 100, and 100 only when nothing is left.
  std::optional<unsigned> percent() const;
  /// Bytes per second that leave for the target, the pack's and repeated ones included.
  double rate(time_point now) const { return rate_.per_second(now); }
  /// Bytes per second of the pack that arrives.
  double pack_rate(time_point now) const { return pack_rate_.per_second(now); }
  /// By bytes. Nothing while it cannot be told: during the first seconds, in a stall, without a total.
  std::optional<duration> time_left(time_point now) const;
  /// How long nothing has moved that should move; nothing while that is shorter than stall_after.
  std::optional<duration> stalled(time_point now) const;
  /// How long no event told of any progress.
  duration quiet(time_point now) const { return began_ ? now - heard_ : duration::zero(); }
  /// What keeps objects from being faster; nothing while none moves.
  std::optional<bottleneck> limited_by(time_point now) const;

  /// What the user allows; empty in both where that is as much as goes.
  const event::limits_set& limits() const { return limits_; }

  std::size_t refs_to_move() const { return refs_to_move_; }
  const event::pack_progress& pack() const { return pack_; }
  const event::blobs_found& found() const { return found_; }
  /// Without what this run itself had stored before it planned again: that counts as stored, and once.
  const event::blobs_present& present() const { return present_; }
  /// Present in a verification, which moves nothing.
  const std::optional<event::compared>& compared() const { return compared_; }
  std::size_t stored() const { return stored_; }
  std::size_t failed() const { return failed_; }
  byte_count pushed() const { return pushed_; }
  std::optional<byte_count> push_total() const { return push_total_; }
  const std::map<lfs_oid, moving_blob>& moving() const { return moving_; }
  /// A step of the run that waits for another try, as long as it waits. Objects have theirs beside them.
  std::optional<coming_retry> waiting(time_point now) const;
  /// How long that side still wants to be left alone; nothing when it does not.
  std::optional<duration> throttled(side who, time_point now) const;

  static constexpr std::chrono::seconds stall_after{10};  ///< a large piece through a slow line takes seconds
  static constexpr std::chrono::seconds first_guess{5};   ///< until then a rate is of connections that warm up

 private:
  struct folding;
  void enter(event::step step, time_point now);
  void left(byte_count more, time_point now);
  void waited(const event::relay_waits& until_now, event::relay_waits& before, time_point now);
  moving_blob* find(const lfs_oid& oid);

  event::step step_ = event::step::listing;
  bool began_ = false;
  time_point step_since_{};
  time_point heard_{};
  bool scanned_ = false;
  std::size_t refs_to_move_ = 0;
  std::optional<event::compared> compared_;
  event::pack_progress pack_{};
  event::blobs_found found_{};
  event::blobs_present present_{};
  event::blobs_present stored_before_{};
  std::size_t stored_ = 0;
  byte_count stored_bytes_;
  std::size_t failed_ = 0;
  byte_count failed_bytes_;
  byte_count pushed_;
  std::optional<byte_count> push_total_;
  std::map<lfs_oid, moving_blob> moving_;
  std::optional<coming_retry> retry_;
  std::array<time_point, 3> throttled_until_{};  ///< by side
  std::optional<time_point> first_left_;
  byte_count left_;  ///< everything that left, repeats included: what the rate is of
  rate_window rate_;
  rate_window long_rate_{std::chrono::seconds(60)};  ///< a guess that jumps tells nothing
  rate_window pack_rate_;
  event::relay_waits waits_;  ///< of all relays
  rate_window memory_waits_, source_waits_, target_waits_, limit_waits_;
  event::limits_set limits_{};
};

}  // namespace hfpipe::cli

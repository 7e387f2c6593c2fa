#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/events.hpp"
#include "protocol/byte_count.hpp"
#include "protocol/oid.hpp"
#include "tools/hfpipe/rate_window.hpp"

namespace hfpipe::cli {

/// An object on its way.
struct moving_blob {
  byte_count size;
  byte_count sent;  ///< of this attempt
  unsigned attempt = 1;
  std::optional<time_point> finalising_since;
  rate_window rate;
};

/// Where a run is, folded from its events. Pure: the clock is an argument. Holds the moving objects only.
class progress_board {
 public:
  enum class phase { listing, packing, copying, pushing };

  void fold(const any_event& happened, time_point now);

  /// Bytes of objects that are stored or on their way; falls when an attempt starts again.
  byte_count done() const;
  /// Bytes of objects to move, once the scan is over.
  std::optional<byte_count> total() const;
  /// By bytes, never above 100, and 100 only when nothing is left.
  std::optional<unsigned> percent() const;
  /// Bytes per second that leave for the target, the pack's included.
  double rate(time_point now) const { return rate_.per_second(now); }
  /// Nothing while it cannot be told.
  std::optional<duration> time_left(time_point now) const;

  phase now_in() const { return phase_; }
  std::size_t refs_to_move() const { return refs_to_move_; }
  const event::pack_progress& pack() const { return pack_; }
  const event::blobs_found& found() const { return found_; }
  const event::blobs_present& present() const { return present_; }
  /// Present in a verification, which moves nothing.
  const std::optional<event::compared>& compared() const { return compared_; }
  std::size_t stored() const { return stored_; }
  std::size_t failed() const { return failed_; }
  byte_count pushed() const { return pushed_; }
  std::optional<byte_count> push_total() const { return push_total_; }
  const std::map<lfs_oid, moving_blob>& moving() const { return moving_; }
  /// Who waits for another try, as long as they wait.
  std::optional<std::string> waiting(time_point now) const;

 private:
  struct folding;
  void left(byte_count more, time_point now);

  phase phase_ = phase::listing;
  bool scanned_ = false;
  std::size_t refs_to_move_ = 0;
  std::optional<event::compared> compared_;
  event::pack_progress pack_{};
  event::blobs_found found_{};
  event::blobs_present present_{};
  std::size_t stored_ = 0;
  byte_count stored_bytes_;
  std::size_t failed_ = 0;
  byte_count pushed_;
  std::optional<byte_count> push_total_;
  std::map<lfs_oid, moving_blob> moving_;
  std::string waiting_;
  time_point waiting_until_{};
  byte_count left_;  ///< everything that left, repeats included: what the rate is of
  rate_window rate_;
};

}  // namespace hfpipe::cli

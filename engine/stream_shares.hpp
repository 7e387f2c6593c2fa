#pragma once

#include <algorithm>
#include <atomic>

namespace hfpipe {

/// What the relays of a run, on all their threads, know of streams together: how many each may have, so that many
/// objects do not multiply the connections, and what paid for the one before.
class stream_shares {
 public:
  /// `most` for one object; `in_all` for all of them that are under way, but one for each whatever that is. So many as
  /// `at_once` will soon be.
  stream_shares(unsigned most, unsigned in_all, unsigned at_once = 1)
      : most_(most), in_all_(in_all), at_once_(at_once) {}

  /// One relay that takes part, as long as it lives. Its shares must outlive it.
  class part {
   public:
    explicit part(stream_shares& of) : of_(&of) { ++of.relays_; }
    part(const part&) = delete;
    part& operator=(const part&) = delete;
    ~part() { --of_->relays_; }

   private:
    stream_shares* of_;
  };

  /// How many streams a relay may have now.
  unsigned each() const { return shared_by(relays_); }
  /// The same while the first ones begin: what those will need that have not begun is left for them.
  unsigned each_at_first() const { return shared_by(std::max(relays_.load(), at_once_)); }

  /// How many an object may begin with.
  unsigned first() const { return std::clamp(paid_.load(), 1U, each()); }
  /// No object told yet what paid.
  bool is_new() const { return paid_ == 0; }
  void note_paid(unsigned streams) { paid_ = streams; }
  /// The source gives no range, or wrong ones: from now on everything is read from its beginning to its end.
  void note_no_ranges() { ranges_work_ = false; }
  bool ranges_work() const { return ranges_work_; }

 private:
  unsigned shared_by(unsigned relays) const {
    return ranges_work_ ? std::clamp(in_all_ / std::max(relays, 1U), 1U, most_) : 1;
  }

  const unsigned most_;
  const unsigned in_all_;
  const unsigned at_once_;
  std::atomic<unsigned> relays_{0};
  std::atomic<unsigned> paid_{0};  ///< 0: nothing is known yet
  std::atomic<bool> ranges_work_{true};
};

}  // namespace hfpipe

#pragma once

#include <chrono>
#include <cstdint>

#include "protocol/byte_count.hpp"
#include "transports/task.hpp"

// How many connections one object is read over. Pure: what was seen and the time are arguments.
//
// A source that limits each connection gives twice as much over two; one that is at its line's or its disk's end does
// not, and each more costs a handshake, memory, and another's patience. Nor does one help where our own thread is full:
// then the target waits while bytes are decrypted, not while they travel. So connections are tried, and kept only where
// the bytes that come in all grow by at least 5 % for each. First they are doubled, then one more is tried now and
// then. The first trial may come before there is a rate to beat, and even while the thread is full: two streams cost
// less than one. It is kept where the target waits all the same. A moment says little where others run on the same
// machine, so what a trial is judged by is seen twice: that there is time for it, what it must beat, and that it does.

namespace hfpipe {

/// What one tick of reading an object was like.
struct stream_sample {
  duration span{};
  byte_count arrived;    ///< over all streams
  duration starved{};    ///< how much of `span` the target waited for bytes
  duration busy{};       ///< how much of it the thread of both ends wanted the processor (engine/thread_demand.hpp)
  unsigned streams = 1;  ///< that read
  unsigned opening = 0;  ///< of them, those that have not given a byte yet
};

struct stream_pace {
  /// How long a rate is measured before it is judged. A connection that is new needs some round trips to come up to
  /// speed.
  duration judging = std::chrono::milliseconds(50);
  /// A trial is kept when so many measurements in a row show that it pays: a single one may owe that to chance.
  unsigned confirmations = 2;
  /// It is given up after so many that do not: while the work is divided anew, and a window grows, all streams together
  /// bring less than one did.
  unsigned measurements = 4;
  /// After a trial that did not pay, and after a refusal. Doubles each time, up to `longest_rest`.
  duration rest = std::chrono::seconds(5);
  duration longest_rest = std::chrono::seconds(60);
};

class stream_plan {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Begins with `first` streams, which are believed in: they paid before.
  explicit stream_plan(unsigned first = 1, stream_pace pace = {});

  /// How many streams to begin with, where nothing is known of the source: a trial of one more, before anything was
  /// measured. It is kept if the target waits for bytes all the same; that it is not is no reason to rest. Where it
  /// came to nothing (no memory, or the first stream was there first), it is made again.
  unsigned begin_with_trial(unsigned most);

  /// How many streams there should be now; never more than `most`. To be asked at every tick. That fewer are there
  /// than it said (for want of memory) is told by the next sample.
  unsigned next(const stream_sample& seen, time_point now, unsigned most);

  /// The host asked for fewer: goes back to half, and rests. Said again within `rest`, it is the same refusal: every
  /// stream hears it.
  void slow_down(time_point now);
  /// The host gave no connection for the last trial, or no ranges: rests.
  void trial_failed(time_point now);

  /// What is kept, trials apart.
  unsigned kept() const { return kept_; }
  /// Bytes a second, as measured last (of a trial, only what paid); 0: not yet.
  double rate_seen() const { return last_rate_; }

 private:
  bool pays(double now_at, bool starves) const;
  void drop_trial();
  double rate() const;
  double share_of(duration part) const;
  double note_rate(double now_at, unsigned streams);
  void start_measuring();

  stream_pace pace_;
  unsigned kept_;
  unsigned trying_ = 0;      ///< more than kept_
  bool from_start_ = false;  ///< that trial was not seen through yet
  unsigned in_vain_ = 0;     ///< measurements of this trial that did not pay
  unsigned paid_in_row_ = 0;
  bool doubling_ = true;  ///< until a trial did not pay
  bool mixed_ = true;     ///< the next sample holds time before the last change
  duration rest_;
  time_point not_before_{};
  time_point refused_until_{};  ///< one refusal is heard by all streams
  duration measured_{};
  duration starved_{};
  duration busy_{};
  byte_count arrived_;
  double last_rate_ = 0;       ///< as measured last; of a trial, only what paid
  unsigned last_streams_ = 0;  ///< of so many
  double rate_before_ = 0;     ///< what a trial must beat: the better one of the last two, where they are of as many
  bool is_full_ = true;        ///< the thread was, when it was measured last; until then it is taken for full
};

}  // namespace hfpipe

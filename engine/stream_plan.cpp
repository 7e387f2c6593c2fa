#include "engine/stream_plan.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hfpipe {

namespace {

/// What each more connection must bring to be kept.
constexpr double gain = 1.05;

/// Where the target waits less than this share of the time, bytes come as fast as it takes them.
constexpr double worth_trying = 0.1;

/// A thread that wants the processor for this share of the time can hardly take in more.
constexpr double thread_is_full = 0.8;

}  // namespace

stream_plan::stream_plan(unsigned first, stream_pace pace)
    : pace_(pace), kept_(std::max(first, 1U)), rest_(pace.rest) {}

double stream_plan::rate() const {
  return static_cast<double>(arrived_.value()) / in_seconds(measured_);
}

double stream_plan::share_of(duration part) const {
  return in_seconds(part) / in_seconds(measured_);
}

/// The better one of this measurement and the last, where both are of as many streams.
double stream_plan::note_rate(double now_at, unsigned streams) {
  const double last = std::exchange(last_rate_, now_at);
  return std::exchange(last_streams_, streams) == streams ? std::max(now_at, last) : now_at;
}

void stream_plan::start_measuring() {
  measured_ = {};
  starved_ = {};
  busy_ = {};
  arrived_ = {};
}

unsigned stream_plan::begin_with_trial(unsigned most) {
  from_start_ = true;
  trying_ = kept_ < most ? 1 : 0;
  return kept_ + trying_;
}

unsigned stream_plan::next(const stream_sample& seen, time_point now, unsigned most) {
  most = std::max(most, 1U);
  if (kept_ + trying_ > most) {
    kept_ = std::min(kept_, most);
    trying_ = 0;
    mixed_ = true;
  } else if (trying_ != 0 && seen.streams <= kept_) {
    // There was no memory for one more, or it ended: that says nothing of a trial from the start, so it is made again.
    from_start_ ? drop_trial() : trial_failed(now);
  }
  if (seen.opening != 0 || std::exchange(mixed_, false)) {
    start_measuring();
    return kept_ + trying_;
  }

  measured_ += seen.span;
  starved_ += seen.starved;
  busy_ += seen.busy;
  arrived_ += seen.arrived;
  if (measured_ < pace_.judging) return kept_ + trying_;

  const double now_at = rate();
  const bool starves = share_of(starved_) >= worth_trying;
  const bool was_full = std::exchange(is_full_, share_of(busy_) >= thread_is_full);
  start_measuring();
  if (trying_ != 0) {
    if (!pays(now_at, starves)) {
      paid_in_row_ = 0;
      if (++in_vain_ < pace_.measurements) return kept_ + trying_;
      std::exchange(from_start_, false) ? drop_trial() : trial_failed(now);
      return kept_;
    }
    if (++paid_in_row_ < pace_.confirmations) {
      note_rate(now_at, seen.streams);
      return kept_ + trying_;
    }
    // Of those that were doubled, so many as one of before makes of the rate now: the others bring nothing.
    const double useful = rate_before_ > 0 ? std::ceil(now_at / (rate_before_ / kept_)) : kept_ + trying_;
    kept_ = static_cast<unsigned>(std::clamp(useful, kept_ + 1.0, 1.0 * kept_ + trying_));
    trying_ = 0;
    from_start_ = false;
    rest_ = pace_.rest;
  } else if (seen.streams < kept_) {
    kept_ = std::max(seen.streams, 1U);  // there was no memory for what paid before
  }
  // One measurement may be low, or show time to spare, by chance.
  rate_before_ = note_rate(now_at, seen.streams);
  const bool has_time = !is_full_ && !was_full;
  const bool may_try = from_start_ || (has_time && now >= not_before_);
  if (!starves || !may_try || kept_ >= most || seen.streams > kept_) return kept_;
  trying_ = std::min(doubling_ ? kept_ : 1U, most - kept_);
  in_vain_ = paid_in_row_ = 0;
  mixed_ = true;
  return kept_ + trying_;
}

/// A second stream costs less than one alone (docs/decisions/0007), so from the start it has no rate to beat: it is
/// enough that more bytes could be used.
bool stream_plan::pays(double now_at, bool starves) const {
  if (now_at <= 0) return false;
  return from_start_ || rate_before_ <= 0 ? starves : now_at >= rate_before_ * std::pow(gain, trying_);
}

void stream_plan::drop_trial() {
  trying_ = 0;
  mixed_ = true;
}

void stream_plan::slow_down(time_point now) {
  if (now < refused_until_) return;
  refused_until_ = now + pace_.rest;
  kept_ = std::max((kept_ + trying_) / 2, 1U);
  trial_failed(now);
}

void stream_plan::trial_failed(time_point now) {
  drop_trial();
  from_start_ = false;
  doubling_ = false;
  not_before_ = now + rest_;
  rest_ = std::min(2 * rest_, pace_.longest_rest);
}

}  // namespace hfpipe

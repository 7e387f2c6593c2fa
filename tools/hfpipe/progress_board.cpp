#include "tools/hfpipe/progress_board.hpp"

#include <algorithm>
#include <variant>

#include "tools/hfpipe/console.hpp"

namespace hfpipe::cli {

namespace {

std::uint64_t microseconds(duration span) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(span).count()));
}

}  // namespace

struct progress_board::folding {
  progress_board& board;
  time_point now;

  void operator()(const event::step_started& e) { board.enter(e.step, now); }
  void operator()(const event::listed&) {}
  void operator()(const event::planned& e) { board.refs_to_move_ = e.creates + e.updates + e.deletes; }
  void operator()(const event::compared& e) { board.compared_ = e; }
  void operator()(const event::pack_progress& e) {
    if (e.received < board.pack_.received) board.pack_rate_ = rate_window();  // it began again
    board.pack_ = e;
    board.pack_rate_.add(now, e.received.value());
  }
  void operator()(const event::blobs_found& e) {
    board.found_ = e;
    board.scanned_ = true;
    board.stored_before_ = {board.stored_, board.stored_bytes_};
  }
  void operator()(const event::blobs_present& e) {
    const event::blobs_present& ours = board.stored_before_;
    board.present_ = {e.objects - std::min(e.objects, ours.objects), e.bytes - std::min(e.bytes, ours.bytes)};
  }
  void operator()(const event::blob_waits_for_memory& e) {
    auto& blob = board.moving_[e.blob.oid];
    blob.size = e.blob.size;
    blob.waits_for_memory = true;
    blob.retry.reset();
    blob.moved = now;
  }
  void operator()(const event::blob_started& e) {
    auto& blob = board.moving_[e.blob.oid];
    moving_blob fresh;
    fresh.size = e.blob.size;
    fresh.attempt = e.attempt;
    fresh.reached = blob.reached;
    fresh.moved = now;
    fresh.rate.add(now, 0);
    blob = std::move(fresh);
    if (board.first_left_) return;
    board.left({}, now);
    event::relay_waits none;
    board.waited({}, none, now);
  }
  void operator()(const event::blob_progress& e) {
    auto* const blob = board.find(e.blob.oid);
    if (blob == nullptr) return;
    const auto sent = std::min(e.sent, blob->size);
    if (sent > blob->sent) {
      board.left(sent - blob->sent, now);
      blob->moved = now;
      blob->retry.reset();
    }
    blob->sent = sent;
    blob->reached = std::max(blob->reached, sent);
    blob->rate.add(now, sent.value());
    board.waited(e.waited, blob->waited, now);
  }
  void operator()(const event::blob_finalising& e) {
    auto* const blob = board.find(e.blob.oid);
    if (blob == nullptr) return;
    blob->sent = blob->reached = blob->size;
    blob->finalising_since = now;
  }
  void operator()(const event::blob_stored& e) {
    auto* const blob = board.find(e.blob.oid);
    if (blob != nullptr && blob->finalising_since) {
      auto until_now = blob->waited;
      until_now.for_target += now - *blob->finalising_since;
      board.waited(until_now, blob->waited, now);
    }
    finish(e.blob);
  }
  void operator()(const event::blob_proven& e) { finish(e.blob); }
  void finish(const lfs_object& blob) {
    board.moving_.erase(blob.oid);
    ++board.stored_;
    board.stored_bytes_ += blob.size;
  }
  void operator()(const event::blob_failed& e) {
    board.moving_.erase(e.blob.oid);
    ++board.failed_;
    board.failed_bytes_ += e.blob.size;
  }
  void operator()(const event::retrying& e) {
    coming_retry retry{e.what, in_one_line(e.why), now + e.wait};
    for (auto& [oid, blob] : board.moving_) {
      if (!e.what.ends_with(oid.short_hex())) continue;
      blob.finalising_since.reset();
      blob.retry = std::move(retry);
      return;
    }
    // Two steps may wait at once; shown is what takes longer.
    if (!board.retry_ || board.retry_->due <= retry.due) board.retry_ = std::move(retry);
  }
  void operator()(const event::throttled& e) {
    board.throttled_until_.at(static_cast<std::size_t>(e.who)) = now + e.wait;
  }
  void operator()(const event::limits_set& e) { board.limits_ = e; }
  void operator()(const event::push_started& e) {
    board.enter(event::step::pushing, now);
    board.push_total_ = e.bytes;
    board.pushed_ = {};
  }
  void operator()(const event::push_progress& e) {
    if (e.sent > board.pushed_) board.left(e.sent - board.pushed_, now);
    board.pushed_ = e.sent;
  }
  void operator()(const event::target_said&) {}
  void operator()(const event::warning&) {}
};

void progress_board::fold(const any_event& happened, time_point now) {
  if (!began_) step_since_ = heard_ = now;
  began_ = true;
  const bool is_a_setback =
      std::holds_alternative<event::retrying>(happened) || std::holds_alternative<event::throttled>(happened);
  if (!is_a_setback) heard_ = now;
  std::visit(folding{*this, now}, happened);
}

void progress_board::enter(event::step step, time_point now) {
  if (step != step_) step_since_ = now;
  step_ = step;
}

void progress_board::left(byte_count more, time_point now) {
  if (!first_left_) first_left_ = now;
  left_ += more;
  rate_.add(now, left_.value());
  long_rate_.add(now, left_.value());
}

/// Adds what one relay waited since it was last asked; a new attempt begins at nothing.
void progress_board::waited(const event::relay_waits& until_now, event::relay_waits& before, time_point now) {
  const auto add = [](duration& sum, duration later, duration earlier) {
    if (later > earlier) sum += later - earlier;
  };
  add(waits_.for_memory, until_now.for_memory, before.for_memory);
  add(waits_.for_source, until_now.for_source, before.for_source);
  add(waits_.for_target, until_now.for_target, before.for_target);
  add(waits_.for_limit, until_now.for_limit, before.for_limit);
  before = until_now;
  memory_waits_.add(now, microseconds(waits_.for_memory));
  source_waits_.add(now, microseconds(waits_.for_source));
  target_waits_.add(now, microseconds(waits_.for_target));
  limit_waits_.add(now, microseconds(waits_.for_limit));
}

moving_blob* progress_board::find(const lfs_oid& oid) {
  const auto found = moving_.find(oid);
  return found == moving_.end() ? nullptr : &found->second;
}

byte_count progress_board::done() const {
  byte_count sum = stored_bytes_;
  for (const auto& [oid, blob] : moving_) sum += blob.reached;
  const auto all = total();
  return all ? std::min(sum, *all) : sum;
}

std::optional<byte_count> progress_board::total() const {
  if (!scanned_) return std::nullopt;
  return found_.bytes - std::min(found_.bytes, present_.bytes);
}

std::optional<unsigned> progress_board::percent() const {
  const auto all = total();
  if (!all) return std::nullopt;
  if (all->value() == 0) return 100;
  return static_cast<unsigned>(100.0 * static_cast<double>(done().value()) / static_cast<double>(all->value()));
}

std::optional<duration> progress_board::time_left(time_point now) const {
  const auto all = total();
  if (!all || !first_left_ || now - *first_left_ < first_guess || stalled(now)) return std::nullopt;
  const auto speed = long_rate_.per_second(now);
  if (speed < 1) return std::nullopt;
  // Unlike in done(), what has to be sent again is to be sent.
  byte_count settled = stored_bytes_ + failed_bytes_;
  for (const auto& [oid, blob] : moving_) settled += blob.sent;
  if (settled >= *all) return std::nullopt;  // the target's own work is left, and it does not say how long that takes
  const double seconds = static_cast<double>((*all - std::min(settled, *all)).value()) / speed;
  if (seconds > 100 * 3600.0) return std::nullopt;  // a guess that far is none
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds));
}

std::optional<duration> progress_board::stalled(time_point now) const {
  std::optional<duration> shortest;
  for (const auto& [oid, blob] : moving_) {
    // These wait for something that is told beside them.
    if (blob.finalising_since || blob.waits_for_memory || (blob.retry && blob.retry->due > now)) continue;
    shortest = std::min(shortest.value_or(duration::max()), duration(now - blob.moved));
  }
  if (!shortest || *shortest < stall_after || now - heard_ < stall_after) return std::nullopt;
  return shortest;
}

std::optional<bottleneck> progress_board::limited_by(time_point now) const {
  const auto relays = static_cast<std::size_t>(
      std::count_if(moving_.begin(), moving_.end(), [](const auto& entry) { return !entry.second.waits_for_memory; }));
  const bool is_known = waits_.for_memory + waits_.for_source + waits_.for_target + waits_.for_limit > duration::zero();
  if (!is_known || rate(now) < 1) return std::nullopt;
  constexpr double second = 1e6;  // of microseconds
  return bottleneck_of({memory_waits_.per_second(now) / second, source_waits_.per_second(now) / second,
                        target_waits_.per_second(now) / second, limit_waits_.per_second(now) / second},
                       relays);
}

std::optional<coming_retry> progress_board::waiting(time_point now) const {
  if (!retry_ || now >= retry_->due) return std::nullopt;
  return retry_;
}

std::optional<duration> progress_board::throttled(side who, time_point now) const {
  const auto until = throttled_until_.at(static_cast<std::size_t>(who));
  if (now >= until) return std::nullopt;
  return until - now;
}

}  // namespace hfpipe::cli

#include "tools/hfpipe/progress_board.hpp"

#include <algorithm>
#include <variant>

namespace hfpipe::cli {

struct progress_board::folding {
  progress_board& board;
  time_point now;

  void operator()(const event::step_started&) {}
  void operator()(const event::blob_waits_for_memory&) {}
  void operator()(const event::throttled&) {}
  void operator()(const event::listed&) { board.rate_.add(now, 0); }
  void operator()(const event::planned& e) {
    board.refs_to_move_ = e.creates + e.updates + e.deletes;
    board.phase_ = phase::packing;
  }
  void operator()(const event::compared& e) {
    board.compared_ = e;
    board.phase_ = phase::packing;
  }
  void operator()(const event::pack_progress& e) {
    board.pack_ = e;
    board.phase_ = phase::packing;
  }
  void operator()(const event::blobs_found& e) {
    board.found_ = e;
    board.scanned_ = true;
    board.phase_ = phase::copying;
  }
  void operator()(const event::blobs_present& e) { board.present_ = e; }
  void operator()(const event::blob_started& e) {
    moving_blob fresh;
    fresh.size = e.blob.size;
    fresh.attempt = e.attempt;
    fresh.rate.add(now, 0);
    board.moving_.insert_or_assign(e.blob.oid, std::move(fresh));
    board.phase_ = phase::copying;
  }
  void operator()(const event::blob_progress& e) {
    const auto found = board.moving_.find(e.blob.oid);
    if (found == board.moving_.end()) return;
    auto& blob = found->second;
    const auto sent = std::min(e.sent, blob.size);
    if (sent > blob.sent) board.left(sent - blob.sent, now);
    blob.sent = sent;
    blob.rate.add(now, sent.value());
  }
  void operator()(const event::blob_finalising& e) {
    const auto found = board.moving_.find(e.blob.oid);
    if (found == board.moving_.end()) return;
    found->second.sent = found->second.size;
    found->second.finalising_since = now;
  }
  void operator()(const event::blob_stored& e) { finish(e.blob); }
  void operator()(const event::blob_proven& e) { finish(e.blob); }
  void finish(const lfs_object& blob) {
    board.moving_.erase(blob.oid);
    ++board.stored_;
    board.stored_bytes_ += blob.size;
  }
  void operator()(const event::blob_failed& e) {
    board.moving_.erase(e.blob.oid);
    ++board.failed_;
  }
  void operator()(const event::retrying& e) {
    board.waiting_ = e.what;
    board.waiting_until_ = now + e.wait;
  }
  void operator()(const event::push_started& e) {
    board.phase_ = phase::pushing;
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
  std::visit(folding{*this, now}, happened);
}

void progress_board::left(byte_count more, time_point now) {
  left_ += more;
  rate_.add(now, left_.value());
}

byte_count progress_board::done() const {
  byte_count sum = stored_bytes_;
  for (const auto& [oid, blob] : moving_) sum += blob.sent;
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
  const auto speed = rate(now);
  if (!all || speed < 1) return std::nullopt;
  const double seconds = static_cast<double>((*all - done()).value()) / speed;
  if (seconds > 100 * 3600.0) return std::nullopt;  // a guess that far is none
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds));
}

std::optional<std::string> progress_board::waiting(time_point now) const {
  if (waiting_.empty() || now >= waiting_until_) return std::nullopt;
  return waiting_;
}

}  // namespace hfpipe::cli

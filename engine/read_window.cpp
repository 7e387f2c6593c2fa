#include "engine/read_window.hpp"

#include <algorithm>
#include <utility>

namespace hfpipe {

namespace {

std::size_t block_of(std::size_t room) {
  return room <= one_block_room.value() ? room : room / 2;
}

}  // namespace

read_window::read_window(leased_buffer room, window_terms terms)
    : room_(std::move(room)),
      block_(block_of(room_.bytes().size())),
      allowed_(room_.bytes().size() / block_),
      reserve_(std::min(terms.reserve, byte_count(room_.bytes().size() / 4)).as_size()),
      terms_(terms) {
  for (std::size_t n = allowed_; n-- > 0;) free_.push_back(room_.bytes().data() + n * block_);
}

// ---- the side that reads -------------------------------------------------------------------------------------------

task<> read_window::fill(byte_source& from) {
  std::optional<failure> broken;
  try {
    for (;;) {
      const std::span<std::byte> room = room_at(arrived());
      if (room.empty()) {
        co_await room_for(arrived());
        continue;
      }
      const std::size_t got = co_await from.read_some(room);
      if (got == 0) break;
      take_in(arrived(), got);
    }
  } catch (const failed& thrown) {
    if (thrown.why().code() == errc::cancelled) throw;
    broken = failure(thrown.why()).blame(side::source);
  }
  end(std::move(broken));
}

std::span<std::byte> read_window::room_at(byte_count at) {
  const std::uint64_t index = at.value() / block_ - begin_ / block_;
  if (index >= allowed_) return {};
  if (spanned_.size() <= index) spanned_.resize(index + 1);
  std::byte*& block = spanned_[index];
  if (block == nullptr) {
    // There is one: no more than allowed_ are spanned, and at least as many are ours.
    block = free_.back();
    free_.pop_back();
  }
  const std::size_t inside = at.value() % block_;
  return {block + inside, block_ - inside};
}

void read_window::take_in(byte_count at, std::size_t count) {
  if (at.value() != arrived_) {
    const auto before = early_.lower_bound(at.value());
    if (before != early_.begin() && std::prev(before)->second == at.value()) {
      std::prev(before)->second += count;
    } else {
      early_.emplace(at.value(), at.value() + count);
    }
    return;
  }
  const bool was_ready = ready() != 0;
  quiet_since_ = clock::now();
  arrived_ += count;
  join_early();
  if (is_full() && !readers_.empty()) begin_wait_for_room();  // one that waits is due now
  if (!was_ready) ready_since_ = quiet_since_;
  // The consumer sleeps until what it knows of is due: it needs to hear of a first byte, and of enough.
  const bool is_first = !was_ready && ready() != 0;
  if (!consumer_.empty() && (is_first || due_now(quiet_since_) != 0)) consumer_.wake();
}

/// What came early and has no gap before it any more. Parts may follow each other without having been joined.
void read_window::join_early() {
  while (!early_.empty() && early_.begin()->first == arrived_) {
    arrived_ = early_.begin()->second;
    early_.erase(early_.begin());
  }
}

task<> read_window::room_for(byte_count at) {
  if (at < limit()) co_return;
  if (is_full()) begin_wait_for_room();
  while (at >= limit()) co_await readers_.wait();
}

void read_window::begin_wait_for_room() {
  if (!waits_for_room_since_) waits_for_room_since_ = clock::now();
}

/// There is room again.
void read_window::wake_readers() {
  if (waits_for_room_since_) waited_for_room_ += clock::now() - *waits_for_room_since_;
  waits_for_room_since_.reset();
  readers_.wake();
}

duration read_window::waited_for_room() const {
  return waits_for_room_since_ ? waited_for_room_ + (clock::now() - *waits_for_room_since_) : waited_for_room_;
}

void read_window::end(std::optional<failure> why) {
  broken_ = std::move(why);
  ended_ = true;
  consumer_.wake();
}

void read_window::widen(leased_buffer block) {
  free_.insert(free_.begin(), block.bytes().data());
  added_.push_back(std::move(block));
  ++allowed_;
  wake_readers();
}

void read_window::narrow(std::size_t blocks) {
  allowed_ -= blocks;
  for (std::byte* block : std::exchange(free_, {})) recycle(block);
}

/// Back among the free ones, unless it was added, there are more than the window may span now, and those that it spans
/// without having been filled yet have theirs. (What lies behind a limit that was taken back keeps its block.)
void read_window::recycle(std::byte* block) {
  const std::size_t owned = room_.bytes().size() / block_ + added_.size();
  if (owned > allowed_ && free_.size() >= unfilled()) {
    const auto is_added = [&](const std::byte* one) {
      return std::ranges::any_of(added_, [&](const leased_buffer& each) { return each.bytes().data() == one; });
    };
    // Where this one cannot be given back, a free one goes in its place.
    if (!is_added(block)) {
      const auto other = std::ranges::find_if(free_, is_added);
      if (other != free_.end()) std::swap(block, *other);
    }
    const std::size_t given =
        std::erase_if(added_, [&](const leased_buffer& each) { return each.bytes().data() == block; });
    if (given != 0) return;
  }
  free_.push_back(block);
}

std::size_t read_window::unfilled() const {
  std::size_t count = 0;
  for (std::size_t n = 0; n < allowed_; ++n) count += n >= spanned_.size() || spanned_[n] == nullptr ? 1 : 0;
  return count;
}

// ---- the side that sends -------------------------------------------------------------------------------------------

task<std::span<const std::byte>> read_window::next() {
  take_back();
  for (;;) {
    if (broken_) throw failed(*broken_);
    const auto now = clock::now();
    const std::size_t count = due_now(now);
    if (count != 0 || ended_) co_return lend(count);
    waits_for_bytes_since_ = now;
    co_await consumer_.wait(due_later());
    waited_for_bytes_ += clock::now() - now;
    waits_for_bytes_since_.reset();
  }
}

duration read_window::waited_for_bytes() const {
  return waits_for_bytes_since_ ? waited_for_bytes_ + (clock::now() - *waits_for_bytes_since_) : waited_for_bytes_;
}

void read_window::take_back() {
  if (lent_ == 0) return;
  begin_ += lent_;
  lent_ = 0;
  if (begin_ % block_ != 0) return;  // a piece does not go beyond its block, so its last one ends here
  std::byte* const passed = spanned_.front();
  spanned_.pop_front();
  recycle(passed);
  wake_readers();
}

/// What may be lent while the source has not ended.
std::size_t read_window::ready() const {
  const std::size_t here = arrived_ - begin_ - lent_;
  if (ended_) return here;
  return here > reserve_ ? here - reserve_ : 0;
}

/// How much is to be lent at `now`; 0: it takes waiting. Only for when nothing is lent.
std::size_t read_window::due_now(clock::time_point now) const {
  const std::size_t piece = block_ - begin_ % block_;  // a piece does not go beyond its block
  const std::size_t most = std::min(ready(), piece);
  if (ended_ || most == piece) return most;
  if (most != 0) return is_full() || now >= ready_since_ + terms_.hold ? most : 0;
  const std::size_t held = arrived_ - begin_;
  if (held == 0) return 0;
  // Nothing more can come before the reserve has gone: a window of one block.
  if (is_full()) return std::min(held, piece);
  return now >= quiet_since_ + terms_.silence ? 1 : 0;
}

read_window::clock::time_point read_window::due_later() const {
  if (ready() != 0) return ready_since_ + terms_.hold;
  return arrived_ != begin_ ? quiet_since_ + terms_.silence : clock::time_point::max();
}

std::span<const std::byte> read_window::lend(std::size_t count) {
  if (count == 0) return {};
  if (ready() == 0) quiet_since_ = clock::now();  // it was a byte of the reserve
  lent_ = count;
  if (ready() != 0) ready_since_ = clock::now();
  return {spanned_.front() + begin_ % block_, count};
}

}  // namespace hfpipe

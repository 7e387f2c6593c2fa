#include "engine/read_window.hpp"

#include <algorithm>
#include <utility>

namespace hfpipe {

namespace {

std::size_t piece_of(std::size_t room) {
  return room <= one_piece_room.value() ? room : room - room / 2;
}

/// Sleeps until `until`, or until somebody cancels the timer that `place` shows meanwhile.
task<> wait_at(asio::steady_timer*& place, std::chrono::steady_clock::time_point until) {
  asio::steady_timer alarm(co_await asio::this_coro::executor, until);
  place = &alarm;
  boost::system::error_code woken;
  co_await alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  place = nullptr;
  co_await stop_if_cancelled();
}

void wake(asio::steady_timer* waiting) {
  if (waiting != nullptr) waiting->cancel();
}

}  // namespace

read_window::read_window(leased_buffer room, window_terms terms)
    : buffer_(std::move(room)),
      piece_(piece_of(buffer_.bytes().size())),
      reserve_(std::min(terms.reserve, byte_count(buffer_.bytes().size() / 4)).as_size()),
      terms_(terms) {}

// ---- the side that reads -------------------------------------------------------------------------------------------

task<> read_window::fill(byte_source& from) {
  constexpr auto never = clock::time_point::max();
  std::optional<failure> broken;
  try {
    for (;;) {
      const std::span<std::byte> room = free_room();
      if (room.empty()) {
        const auto since = clock::now();
        co_await wait_at(filler_, never);
        waited_for_room_ += clock::now() - since;
        continue;
      }
      const std::size_t got = co_await from.read_some(room);
      if (got == 0) break;
      take_in(got);
    }
  } catch (const failed& thrown) {
    if (thrown.why().code() == errc::cancelled) throw;
    broken = failure(thrown.why()).blame(side::source);
  }
  end(std::move(broken));
}

/// Up to the end of the ring or of what is free, whichever comes first.
std::span<std::byte> read_window::free_room() const {
  const std::span<std::byte> room = buffer_.bytes();
  const std::size_t end = begin_ + held_;
  if (end < room.size()) return room.subspan(end);
  const std::size_t wrapped = end - room.size();
  return room.subspan(wrapped, begin_ - wrapped);
}

void read_window::take_in(std::size_t count) {
  const bool was_ready = ready() != 0;
  held_ += count;
  quiet_since_ = clock::now();
  if (!was_ready) ready_since_ = quiet_since_;
  // The consumer sleeps until what it knows of is due: it needs to hear of a first byte, and of enough.
  const bool is_first = !was_ready && ready() != 0;
  if (is_first || due_now(quiet_since_) != 0) wake(consumer_);
}

void read_window::end(std::optional<failure> why) {
  broken_ = std::move(why);
  ended_ = true;
  wake(consumer_);
}

// ---- the side that sends -------------------------------------------------------------------------------------------

task<std::span<const std::byte>> read_window::next() {
  take_back();
  for (;;) {
    if (broken_) throw failed(*broken_);
    const auto since = clock::now();
    const std::size_t count = due_now(since);
    if (count != 0 || ended_) co_return lend(count);
    co_await wait_at(consumer_, due_later());
    waited_for_bytes_ += clock::now() - since;
  }
}

void read_window::take_back() {
  if (lent_ == 0) return;
  begin_ = (begin_ + lent_) % buffer_.bytes().size();
  held_ -= lent_;
  lent_ = 0;
  wake(filler_);
}

/// What may be lent while the source has not ended.
std::size_t read_window::ready() const {
  const std::size_t here = held_ - lent_;
  if (ended_) return here;
  return here > reserve_ ? here - reserve_ : 0;
}

/// How much is to be lent at `now`; 0: it takes waiting. Only for when nothing is lent.
std::size_t read_window::due_now(clock::time_point now) const {
  const std::size_t straight = buffer_.bytes().size() - begin_;  // a piece does not go around the end of the ring
  const std::size_t most = std::min(ready(), straight);
  if (ended_) return most;
  // Cut at the end of the ring too, so that pieces fall back into step with it.
  const std::size_t piece = std::min(piece_, straight);
  if (most >= piece) return piece;
  const bool is_full = held_ == buffer_.bytes().size();
  if (most != 0) return is_full || now >= ready_since_ + terms_.hold ? most : 0;
  return held_ != 0 && now >= quiet_since_ + terms_.silence ? 1 : 0;
}

read_window::clock::time_point read_window::due_later() const {
  if (ready() != 0) return ready_since_ + terms_.hold;
  return held_ != 0 ? quiet_since_ + terms_.silence : clock::time_point::max();
}

std::span<const std::byte> read_window::lend(std::size_t count) {
  if (ready() == 0) quiet_since_ = clock::now();  // it was a byte of the reserve
  lent_ = count;
  if (ready() != 0) ready_since_ = clock::now();
  return buffer_.bytes().subspan(begin_, count);
}

}  // namespace hfpipe

#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "engine/leased_buffer.hpp"
#include "engine/wake_list.hpp"
#include "transports/endpoint.hpp"

// A view of a stream that moves along it. Its bytes lie in blocks, which are used again when the consumer has passed
// them:
//
//     |  gone  | lent | ready to be lent | reserve |  free  | came early |  free  |
//              ^begin_                             ^arrived_                      ^limit()
//
// What is lent stays where it is until the consumer comes back; meanwhile the source is read into what is free: at
// arrived_, or by several readers at several places, so that bytes come early and wait for those before them.

namespace hfpipe {

/// When a window lends what it has.
struct window_terms {
  /// Held back until the source has ended, at most a quarter of the room: what a silent source is bridged with.
  byte_count reserve{4096};
  /// A target takes who sends nothing for dead; so a partly filled window is not held back for longer.
  duration hold = std::chrono::seconds(1);
  /// One byte of the reserve goes each time that nothing came for so long: hosts give up on a silent body after 10 to
  /// 60 s. 4096 bytes would last for hours; the patience with the source ends far earlier.
  duration silence = std::chrono::seconds(10);
};

/// A room up to this size is one block: to cut it would cost more calls than the overlap saves.
inline constexpr byte_count one_block_room{32U << 10};

/// Reads ahead while the consumer writes: fill(), or several readers, run in a nursery beside whoever calls next().
/// Pieces are a block while bytes flow; what came is lent after terms.hold, and in silence the reserve goes byte by
/// byte. Single-threaded. Costs two wake-ups for each piece, and a timer only where somebody has to wait.
class read_window final : public chunk_source {
 public:
  /// Two blocks, each half of `room`, or one where that is small. Precondition: the room is not empty.
  explicit read_window(leased_buffer room, window_terms terms = {});

  // ---- one reader

  /// Reads `from` to its end into the window; may be called once. Returns also when `from` fails: the failure, blamed
  /// on the source, comes out of next(). Throws only when cancelled. `from` must outlive it.
  task<> fill(byte_source& from);

  // ---- several readers, each in a range of its own

  /// Where the bytes from `at` on may be put now, up to the end of their block; empty when they lie behind limit().
  /// Precondition: `at` was not lent yet.
  std::span<std::byte> room_at(byte_count at);
  /// `count` bytes from `at` on have come. Precondition: they were put where room_at() said.
  void take_in(byte_count at, std::size_t count);
  /// Waits until `at` may lie before limit(). Cancelled, it throws.
  task<> room_for(byte_count at);
  /// All bytes have come; or, with `why`, no more will: next() throws it at once.
  void end(std::optional<failure> why = {});

  /// Adds a block of block_size().
  void widen(leased_buffer block);
  /// Takes `blocks` that were added away: at once from what may be filled, and each is given back as soon as the
  /// consumer has passed it.
  void narrow(std::size_t blocks);

  byte_count block_size() const { return byte_count(block_); }
  /// The window's length.
  byte_count reach() const { return byte_count(allowed_ * block_); }
  /// Nothing can be put from here on.
  byte_count limit() const { return byte_count((begin_ / block_ + allowed_) * block_); }
  /// All before this have come.
  byte_count arrived() const { return byte_count(arrived_); }

  // ---- the consumer

  /// Fails as the source did, at once: bytes that were not lent yet are dropped.
  task<std::span<const std::byte>> next() override;

  /// How long next() waited for bytes so far, and the reader that is due for room: who of the two sides is the slower.
  duration waited_for_bytes() const;
  duration waited_for_room() const;

 private:
  using clock = std::chrono::steady_clock;

  void begin_wait_for_room();
  void wake_readers();
  void take_back();
  void recycle(std::byte* block);
  std::size_t unfilled() const;
  std::size_t ready() const;
  bool is_full() const { return arrived_ >= limit().value(); }
  std::size_t due_now(clock::time_point now) const;
  clock::time_point due_later() const;
  std::span<const std::byte> lend(std::size_t count);
  void join_early();

  leased_buffer room_;
  std::vector<leased_buffer> added_;
  std::size_t block_;
  std::size_t allowed_;             ///< blocks that the window may span
  std::deque<std::byte*> spanned_;  ///< from the one with begin_ on; null: nothing was put there yet
  std::vector<std::byte*> free_;    ///< the one used last in front: it is still in the cache
  std::size_t reserve_;
  window_terms terms_;

  std::uint64_t begin_ = 0;  ///< lent bytes begin here
  std::size_t lent_ = 0;
  std::uint64_t arrived_ = 0;
  std::map<std::uint64_t, std::uint64_t> early_;  ///< begin and end of what came behind a gap; none touch
  bool ended_ = false;
  std::optional<failure> broken_;
  clock::time_point ready_since_;  ///< of what ready() counts
  clock::time_point quiet_since_;  ///< the last byte came, or the last byte of the reserve went
  wake_list consumer_;             ///< waits for bytes; one at most
  wake_list readers_;              ///< wait for room
  std::optional<clock::time_point> waits_for_bytes_since_;
  duration waited_for_bytes_{};
  duration waited_for_room_{};
  std::optional<clock::time_point> waits_for_room_since_;
};

}  // namespace hfpipe

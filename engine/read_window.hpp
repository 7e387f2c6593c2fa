#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <optional>

#include "engine/leased_buffer.hpp"
#include "transports/endpoint.hpp"

// One room, one reader, one writer. The room is a ring:
//
//     |  free  | lent | ready to be lent | reserve |  free  |
//              ^begin_                             ^begin_ + held_
//
// What is lent stays where it is until the consumer comes back; meanwhile the source is read into what is free.

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

/// A room up to this size is lent in one piece: to cut it would cost more calls than the overlap saves.
inline constexpr byte_count one_piece_room{32U << 10};

/// Reads ahead while the consumer writes: fill() runs in a nursery beside whoever calls next(). Pieces are half the
/// room while bytes flow; what came is lent after terms.hold, and in silence the reserve goes byte by byte.
/// Single-threaded. Costs two wake-ups for each piece, and a timer only where somebody has to wait.
class read_window final : public chunk_source {
 public:
  /// Precondition: the room is not empty.
  explicit read_window(leased_buffer room, window_terms terms = {});

  /// Reads `from` to its end into the room; may be called once. Returns also when `from` fails: the failure, blamed on
  /// the source, comes out of next(). Throws only when cancelled. `from` must outlive it.
  task<> fill(byte_source& from);

  /// Fails as the source did, at once: bytes that were not lent yet are dropped.
  task<std::span<const std::byte>> next() override;

  /// How long next() waited for bytes so far, and fill() for room: who of the two sides is the slower one.
  duration waited_for_bytes() const { return waited_for_bytes_; }
  duration waited_for_room() const { return waited_for_room_; }

 private:
  using clock = std::chrono::steady_clock;

  std::span<std::byte> free_room() const;
  void take_in(std::size_t count);
  void end(std::optional<failure> why);
  void take_back();
  std::size_t ready() const;
  std::size_t due_now(clock::time_point now) const;
  clock::time_point due_later() const;
  std::span<const std::byte> lend(std::size_t count);

  leased_buffer buffer_;
  std::size_t piece_;  ///< the most that is lent before the end
  std::size_t reserve_;
  window_terms terms_;

  std::size_t begin_ = 0;
  std::size_t held_ = 0;  ///< lent ones included
  std::size_t lent_ = 0;
  bool ended_ = false;
  std::optional<failure> broken_;
  clock::time_point ready_since_;           ///< of what ready() counts
  clock::time_point quiet_since_;           ///< the last byte came, or the last byte of the reserve went
  asio::steady_timer* consumer_ = nullptr;  ///< waits for bytes
  asio::steady_timer* filler_ = nullptr;    ///< waits for room
  duration waited_for_bytes_{};
  duration waited_for_room_{};
};

}  // namespace hfpipe

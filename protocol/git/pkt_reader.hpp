#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/failure.hpp"
#include "protocol/git/pkt_line.hpp"

namespace hfpipe::git {

/// Sideband 1, 2 and 3 of gitprotocol-common: the first payload byte.
enum class band : std::uint8_t { content = 1, progress = 2, fatal = 3 };

/// A line of text, without its line end. Lives until the next call of next() and as long as the input.
struct pkt_text {
  std::string_view text;
};
/// A part of a sideband packet, as much of it as the input holds; empty for a keep-alive. Views the input, so pack
/// bytes are never copied here.
struct band_piece {
  band which;
  std::span<const std::byte> bytes;
  bool ends_packet;
};
struct pkt_mark {
  pkt_kind kind;  ///< never data
};
using pkt_event = std::variant<pkt_text, band_piece, pkt_mark>;

/// Cuts a byte stream into pkt-lines, whatever pieces it arrives in.
/// A payload that begins with byte 1, 2 or 3 is sideband (no text line of the protocol begins so) and is passed on
/// piece by piece; a text line is put together first.
///
///   while (true) {
///     next(input) -> an event, and `input` is shortened by what it took; or nothing: all of `input` was taken
///   }
///
/// Costs: at most pkt_line_limit bytes, while a text line is incomplete.
class pkt_reader {
 public:
  /// Fails with errc::bad_pkt_line; with refusal_of() for an `ERR ` line. Failed, it may only be destroyed.
  outcome<std::optional<pkt_event>> next(std::span<const std::byte>& input);

  /// Gives each event of `input` to `take`, an outcome<void>(const pkt_event&). Fails as next() does, or as the first
  /// `take` that fails.
  template <class Take>
  outcome<void> each(std::span<const std::byte> input, Take take) {
    while (true) {
      const auto event = next(input);
      if (event.has_error()) return event.error();
      if (!*event) return {};
      const outcome<void> taken = take(**event);
      if (taken.has_error()) return taken.error();
    }
  }

  /// Whether everything taken so far makes whole packets: what must hold where a stream ends.
  bool at_boundary() const { return band_left_ == 0 && (held_.empty() || held_is_done_); }

 private:
  band_piece take_piece(std::span<const std::byte>& input);
  void hold(std::span<const std::byte>& input, std::size_t most);

  std::vector<std::byte> held_;  ///< the beginning of a packet whose rest has not arrived
  bool held_is_done_ = false;    ///< the last event views held_
  band band_ = band::content;
  std::size_t band_left_ = 0;  ///< bytes of a sideband packet that have not arrived
};

}  // namespace hfpipe::git

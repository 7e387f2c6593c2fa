#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/byte_count.hpp"
#include "protocol/failure.hpp"

namespace hfpipe::http {

/// A size line holds at most 16 digits; the rest is extensions, which nobody uses at this length.
inline constexpr std::size_t chunk_line_limit = 4096;
/// All trailer lines together: a few checksums at most.
inline constexpr std::size_t trailer_limit = 16 * 1024;

/// Reads the framing of a chunked body. The data never passes through it, so it can go straight to its reader.
/// Flow: take() framing until data is due() or the body ended(); move that data elsewhere and tell passed(); repeat.
class chunked_decoder {
 public:
  /// Takes framing from the start of `received` and answers how much: all of it, unless data is due or the body ended.
  /// Fails with errc::bad_http_reply, or errc::limit_exceeded for a line or trailer that is too long.
  outcome<std::size_t> take(std::span<const std::byte> received);

  /// How many bytes of data come next; zero while framing is expected.
  byte_count due() const { return byte_count(due_); }
  /// Precondition: moved <= due().
  void passed(byte_count moved) { due_ -= moved.value(); }
  bool ended() const { return now_ == state::ended; }

 private:
  enum class state : std::uint8_t {
    data_end_cr,  ///< behind data
    data_end_lf,
    size_first,  ///< at least one digit
    size,
    extension,
    size_lf,
    trailer_first,  ///< at the start of a trailer line, or of the empty line that ends the body
    trailer,
    trailer_lf,
    last_lf,
    ended,
  };
  outcome<void> step(unsigned char c);
  outcome<void> size_digit(unsigned char c);
  outcome<void> counted(std::size_t limit);

  std::uint64_t due_ = 0;
  std::uint64_t size_ = 0;
  std::size_t line_ = 0;  ///< bytes of the size line, later of the whole trailer
  state now_ = state::size_first;
};

}  // namespace hfpipe::http

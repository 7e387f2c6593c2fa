#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace hfpipe {

/// Inflates zlib streams, one after the other, across any split of input and output; the only door to zlib's inflate
/// and to libdeflate. Throws std::bad_alloc when there is no memory. Costs about 48 KiB (zlib's window) once a stream
/// needs two calls, and 12 KiB once inflate_whole() was used.
class inflater {
 public:
  struct step {
    std::size_t consumed = 0;  ///< bytes of input used up
    std::size_t produced = 0;  ///< bytes of room written
    bool ended = false;        ///< the stream ended; input behind it was left alone
  };

  inflater();
  /// Forgets the stream in progress; the next step() begins a new one.
  void restart();
  /// Goes on as far as input and room allow. Neither used up nor ended: the other ran out.
  /// Nothing when the bytes are not a zlib stream or its checksum is wrong; then only restart() helps.
  std::optional<step> inflate(std::span<const std::byte> input, std::span<std::byte> room);

  /// For the first step: the stream at once, where `input` has all of it and `room` takes all that it holds; by
  /// libdeflate, which is more than twice as fast on the small objects that packs are made of. Nothing where that is
  /// not so, or the stream is broken: inflate() then begins with the same bytes and tells. What zlib inflates comes out
  /// the same here; beyond that, libdeflate takes a few symbols that deflate reserves and that no encoder writes.
  std::optional<step> inflate_whole(std::span<const std::byte> input, std::span<std::byte> room);

  /// What both libraries may hold for us.
  static constexpr std::size_t footprint = 60U << 10;

 private:
  struct stream;
  struct free_stream {
    void operator()(stream* held) const;
  };
  std::unique_ptr<stream, free_stream> stream_;
};

}  // namespace hfpipe

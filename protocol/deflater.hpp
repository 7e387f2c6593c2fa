#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace hfpipe {

/// Writes zlib streams, one after the other, in whatever pieces the room allows.
/// Throws std::bad_alloc when zlib gets no memory.
class deflater {
 public:
  struct step {
    std::size_t consumed = 0;  ///< bytes of input used up
    std::size_t produced = 0;  ///< bytes of room written
    bool ended = false;        ///< the stream is whole
  };

  deflater();
  /// Begins a new stream.
  void restart();
  /// `input` is all that is left of what the stream is to hold. Call again with what was not used up, and with nothing
  /// when all was, until it has ended.
  step deflate(std::span<const std::byte> input, std::span<std::byte> room);

 private:
  struct stream;
  struct free_stream {
    void operator()(stream* held) const;
  };
  std::unique_ptr<stream, free_stream> stream_;
};

}  // namespace hfpipe

#include "protocol/gzip.hpp"

#define ZLIB_CONST  // next_in is only read
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace hfpipe {

namespace {

/// 15 bits of window as everywhere; 16 more ask zlib for gzip's header and trailer.
constexpr int gzip_window = 15 + 16;
/// Between speed and memory (zlib's own default).
constexpr int memory_level = 8;

class deflater {
 public:
  deflater() {
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~deflater() { deflateEnd(&stream_); }
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;

  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

/// zlib counts what is available in 32 bits.
uInt step(std::size_t bytes) {
  return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

}  // namespace

std::string gzip(std::string_view text) {
  deflater packer;
  z_stream& stream = packer.stream();
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  int state = Z_OK;
  while (state == Z_OK) {
    const std::size_t left = text.size() - stream.total_in;
    stream.avail_in = step(left);
    stream.avail_out = step(packed.size() - stream.total_out);
    state = deflate(&stream, left > stream.avail_in ? Z_NO_FLUSH : Z_FINISH);
  }
  packed.resize(stream.total_out);
  return packed;
}

}  // namespace hfpipe

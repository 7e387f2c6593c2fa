#include "protocol/deflater.hpp"

#define ZLIB_CONST  // next_in takes what must not be changed
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace hfpipe {

struct deflater::stream {
  z_stream state{};
};

void deflater::free_stream::operator()(stream* held) const {
  deflateEnd(&held->state);
  delete held;
}

deflater::deflater() : stream_(new stream) {
  // Git's own default is zlib's; speed matters more than the last percent, because what is large is in LFS.
  if (deflateInit(&stream_->state, Z_BEST_SPEED) != Z_OK) throw std::bad_alloc();
}

void deflater::restart() {
  deflateReset(&stream_->state);
}

deflater::step deflater::deflate(std::span<const std::byte> input, std::span<std::byte> room) {
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  z_stream& state = stream_->state;
  const std::size_t given = std::min(input.size(), most);
  const std::size_t space = std::min(room.size(), most);
  state.next_in = reinterpret_cast<const Bytef*>(input.data());
  state.avail_in = static_cast<uInt>(given);
  state.next_out = reinterpret_cast<Bytef*>(room.data());
  state.avail_out = static_cast<uInt>(space);
  const int result = ::deflate(&state, given == input.size() ? Z_FINISH : Z_NO_FLUSH);
  return {given - state.avail_in, space - state.avail_out, result == Z_STREAM_END};
}

}  // namespace hfpipe

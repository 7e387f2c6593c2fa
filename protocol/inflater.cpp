#include "protocol/inflater.hpp"

#define ZLIB_CONST  // next_in takes what must not be changed
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace hfpipe {

struct inflater::stream {
  z_stream z{};
  libdeflate_decompressor* whole = nullptr;
};

void inflater::free_stream::operator()(stream* held) const {
  inflateEnd(&held->z);
  libdeflate_free_decompressor(held->whole);
  delete held;
}

inflater::inflater() : stream_(new stream) {
  if (inflateInit(&stream_->z) != Z_OK) throw std::bad_alloc();
}

void inflater::restart() {
  inflateReset(&stream_->z);
}

std::optional<inflater::step> inflater::inflate(std::span<const std::byte> input, std::span<std::byte> room) {
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  z_stream& z = stream_->z;
  const std::size_t offered = std::min(input.size(), most);
  const std::size_t free = std::min(room.size(), most);
  z.next_in = reinterpret_cast<const Bytef*>(input.data());
  z.avail_in = static_cast<uInt>(offered);
  z.next_out = reinterpret_cast<Bytef*>(room.data());
  z.avail_out = static_cast<uInt>(free);
  // Z_FINISH spares zlib the copy into its window when a whole stream fits into one call, as most objects do.
  const int code = ::inflate(&z, Z_FINISH);
  if (code == Z_MEM_ERROR) throw std::bad_alloc();
  if (code != Z_STREAM_END && code != Z_OK && code != Z_BUF_ERROR) return std::nullopt;
  return step{offered - z.avail_in, free - z.avail_out, code == Z_STREAM_END};
}

std::optional<inflater::step> inflater::inflate_whole(std::span<const std::byte> input, std::span<std::byte> room) {
  if (stream_->whole == nullptr) stream_->whole = libdeflate_alloc_decompressor();
  if (stream_->whole == nullptr) throw std::bad_alloc();
  step all{.ended = true};
  const libdeflate_result code = libdeflate_zlib_decompress_ex(stream_->whole, input.data(), input.size(), room.data(),
                                                               room.size(), &all.consumed, &all.produced);
  if (code != LIBDEFLATE_SUCCESS) return std::nullopt;
  return all;
}

}  // namespace hfpipe

#include "tools/forge/generated_blobs.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <vector>

#include "protocol/digest.hpp"

namespace hfpipe::forge {

namespace {

// The stream is a row of 8-byte words; word k is the splitmix64 step number k of the seed, which has no state.
constexpr std::uint64_t word_size = 8;

std::uint64_t word(std::uint64_t seed, std::uint64_t k) {
  std::uint64_t x = seed + (k + 1) * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  x = __builtin_bswap64(x);  // the same bytes on every host
#endif
  return x;
}

}  // namespace

void generated_blob::fill(std::uint64_t offset, std::span<std::byte> room) const {
  std::uint64_t k = offset / word_size;
  if (const std::size_t skip = offset % word_size; skip != 0) {
    const std::uint64_t first = word(seed, k++);
    const std::size_t part = std::min<std::size_t>(word_size - skip, room.size());
    std::memcpy(room.data(), reinterpret_cast<const std::byte*>(&first) + skip, part);
    room = room.subspan(part);
  }
  const std::size_t whole = room.size() / word_size;
  std::byte* to = room.data();
  for (std::size_t i = 0; i < whole; ++i, ++k, to += word_size) {
    const std::uint64_t next = word(seed, k);
    std::memcpy(to, &next, word_size);
  }
  if (const std::size_t left = room.size() % word_size; left != 0) {
    const std::uint64_t last = word(seed, k);
    std::memcpy(to, &last, left);
  }
}

lfs_oid generated_blob::compute_oid() const {
  std::vector<std::byte> piece(256 * 1024);
  digest hash = digest::sha256();
  for (std::uint64_t at = 0; at < size.value();) {
    const auto part = std::span(piece).first(std::min<std::size_t>(piece.size(), (size.value() - at)));
    fill(at, part);
    hash.update(part);
    at += part.size();
  }
  return lfs_oid::from_raw(hash.finish().first<32>());
}

lfs_oid cached_oid(const generated_blob& blob, const std::filesystem::path& cache) {
  std::ifstream known(cache);
  std::uint64_t seed = 0;
  std::uint64_t size = 0;
  std::string hex;
  while (known >> seed >> size >> hex) {
    if (seed == blob.seed && size == blob.size.value()) return lfs_oid::from_hex(hex).value();
  }
  const lfs_oid computed = blob.compute_oid();
  std::ofstream added(cache, std::ios::app);
  added << blob.seed << ' ' << blob.size.value() << ' ' << computed.hex() << '\n' << std::flush;
  if (!added) throw failed(failure(errc::bad_option).at(cache.string()).detail("cannot be written"));
  return computed;
}

std::string pointer_text(const lfs_object& object) {
  return "version https://git-lfs.github.com/spec/v1\noid sha256:" + object.oid.hex() + "\nsize " +
         std::to_string(object.size.value()) + "\n";
}

}  // namespace hfpipe::forge

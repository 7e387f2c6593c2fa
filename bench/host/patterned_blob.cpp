#include "bench/host/patterned_blob.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <vector>

#include "protocol/digest.hpp"
#include "tools/forge/generated_blobs.hpp"

namespace hfpipe::bench {

namespace {

// Prime, a little over 1 MiB.
constexpr std::size_t period = 1'048'583;
// What is hashed sooner than a cache is read.
constexpr byte_count quickly_hashed{1U << 20};

// Twice the block, so that a whole period can be viewed from any place in it.
const std::vector<std::byte>& noise() {
  static const std::vector<std::byte> block = [] {
    std::vector<std::byte> twice(2 * period);
    const forge::generated_blob source{.seed = 1, .size = byte_count(period)};
    source.fill(0, std::span(twice).first(period));
    std::copy_n(twice.begin(), period, twice.begin() + period);
    return twice;
  }();
  return block;
}

}  // namespace

std::span<const std::byte> patterned_blob::view(std::uint64_t offset) const {
  const std::uint64_t left = size.value() - offset;
  if (offset < sizeof seed) {
    static thread_local std::array<std::byte, sizeof seed> first;
    std::memcpy(first.data(), &seed, sizeof seed);
    return std::span(first).subspan(offset).first(std::min<std::uint64_t>(sizeof seed - offset, left));
  }
  return std::span(noise()).subspan(offset % period).first(std::min<std::uint64_t>(period, left));
}

lfs_oid patterned_blob::compute_oid() const {
  digest hash = digest::sha256();
  for (std::uint64_t at = 0; at < size.value();) {
    const auto part = view(at);
    hash.update(part);
    at += part.size();
  }
  return lfs_oid::from_raw(hash.finish().first<32>());
}

lfs_oid cached_oid(const patterned_blob& blob, const std::filesystem::path& cache) {
  if (blob.size <= quickly_hashed) return blob.compute_oid();
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

}  // namespace hfpipe::bench

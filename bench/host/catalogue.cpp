#include "bench/host/catalogue.hpp"

#include <charconv>
#include <fstream>
#include <ostream>

namespace hfpipe::bench {

void catalogue::add_file(const std::filesystem::path& list) {
  std::ifstream in(list);
  std::string hex;
  std::uint64_t size = 0;
  patterned_blob blob;
  while (in >> hex >> size >> blob.seed) {
    blob.size = byte_count(size);
    blobs_.insert_or_assign(lfs_oid::from_hex(hex).value(), blob);
  }
  if (!in.eof()) throw failed(failure(errc::bad_option).at(list.string()).detail("is no list of objects"));
}

std::optional<patterned_blob> catalogue::find(const lfs_oid& oid) const {
  const auto found = blobs_.find(oid);
  if (found == blobs_.end()) return std::nullopt;
  return found->second;
}

void write_list(std::ostream& to, const std::string& spec, std::uint64_t first_seed,
                const std::filesystem::path& digest_cache) {
  const std::size_t times = spec.find('x');
  std::uint64_t count = 0;
  const auto number = std::from_chars(spec.data(), spec.data() + std::min(times, spec.size()), count);
  if (times == std::string::npos || number.ec != std::errc() || number.ptr != spec.data() + times) {
    throw failed(failure(errc::bad_option).at(spec).detail("objects are written as COUNTxSIZE"));
  }
  const byte_count size = parse_byte_count(spec.substr(times + 1)).value();
  for (std::uint64_t i = 0; i < count; ++i) {
    const patterned_blob blob{first_seed + i, size};
    to << cached_oid(blob, digest_cache).hex() << ' ' << size.value() << ' ' << blob.seed << '\n';
  }
}

}  // namespace hfpipe::bench

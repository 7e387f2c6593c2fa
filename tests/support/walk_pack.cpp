#include "tests/support/walk_pack.hpp"

#include <algorithm>
#include <random>
#include <span>

#include "protocol/digest.hpp"

namespace hfpipe::testing {

pack_walk walk_pack(std::string_view pack, std::size_t piece, std::size_t first, object_format format,
                    git::walker_limits limits) {
  git::pack_walker walker(format, limits);
  pack_walk walk;
  for (std::size_t size = first; !pack.empty(); size = piece) {
    const std::string_view part = pack.substr(0, size);
    pack.remove_prefix(part.size());
    const bool fine = walker.feed(std::as_bytes(std::span(part))).has_value();
    walk.most_retained = std::max(walk.most_retained, walker.retained());
    const std::vector<lfs_object> news = walker.take_found();
    walk.found.insert(walk.found.end(), news.begin(), news.end());
    if (!fine) break;
  }
  walk.end = walker.finish();
  return walk;
}

pack_walk walk_pack(std::string_view pack, object_format format, git::walker_limits limits) {
  return walk_pack(pack, pack.size(), pack.size(), format, limits);
}

lfs_object numbered_object(std::uint64_t number) {
  digest hash = digest::sha256();
  const std::string text = std::to_string(number);
  hash.update(std::as_bytes(std::span(text)));
  return {lfs_oid::from_raw(hash.finish().first<32>()), byte_count(number + 1)};
}

std::string pointer_to(const lfs_object& object) {
  return "version https://git-lfs.github.com/spec/v1\noid sha256:" + object.oid.hex() + "\nsize " +
         std::to_string(object.size.value()) + "\n";
}

std::string noise_text(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string text(size, '\0');
  std::ranges::generate(text, [&] { return static_cast<char>('!' + random() % 90); });
  return text;
}

}  // namespace hfpipe::testing

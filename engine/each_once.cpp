#include "engine/each_once.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace hfpipe {

// Sorted, not hashed: a source can make up as many oids of one hash as it likes.
void keep_each_once(std::vector<lfs_object>& objects) {
  std::vector<std::uint32_t> order(objects.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    const auto by_object = objects[a] <=> objects[b];
    return by_object != 0 ? by_object < 0 : a < b;
  });
  std::vector<bool> repeated(objects.size());
  for (std::size_t n = 1; n < order.size(); ++n) repeated[order[n]] = objects[order[n]] == objects[order[n - 1]];
  std::size_t kept = 0;
  for (std::size_t n = 0; n < objects.size(); ++n) {
    if (!repeated[n]) objects[kept++] = objects[n];
  }
  objects.erase(objects.begin() + static_cast<std::ptrdiff_t>(kept), objects.end());
}

}  // namespace hfpipe

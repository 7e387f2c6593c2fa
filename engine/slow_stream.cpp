#include "engine/slow_stream.hpp"

#include <algorithm>
#include <cstddef>

namespace hfpipe {

namespace {

/// A quarter of what its peers give is too little.
constexpr double slow_share = 4;

constexpr std::size_t enough_to_compare = 3;

}  // namespace

bool is_far_slower(double due, std::vector<double> all) {
  if (all.size() < enough_to_compare) return false;
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::ranges::nth_element(all, middle);
  return due < *middle / slow_share;
}

}  // namespace hfpipe

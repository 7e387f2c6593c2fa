#include "protocol/git/type_runs.hpp"

#include <algorithm>

namespace hfpipe::git {

namespace {

constexpr unsigned type_bits = 3;
constexpr std::uint64_t type_mask = (1U << type_bits) - 1;

}  // namespace

void type_runs::add(std::uint64_t offset, object_type type) {
  if (runs_.size() >= most_) type = object_type::unknown;
  if (type == last_) return;
  runs_.push_back(offset << type_bits | static_cast<std::uint64_t>(type));
  last_ = type;
}

object_type type_runs::at(std::uint64_t offset) const {
  const auto after = std::ranges::upper_bound(runs_, offset << type_bits | type_mask);
  return after == runs_.begin() ? object_type::unknown : static_cast<object_type>(*std::prev(after) & type_mask);
}

}  // namespace hfpipe::git

#include "protocol/git/delta_links.hpp"

#include <algorithm>
#include <limits>

namespace hfpipe::git {

namespace {

constexpr std::uint64_t longest = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void delta_links::add(std::uint64_t offset, std::uint64_t base_offset) {
  std::uint64_t step = offset - last_;
  for (; step > longest; step -= longest) append({static_cast<std::uint32_t>(longest), 0});
  const std::uint64_t distance = offset - base_offset;
  append({static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(distance > longest ? 0 : distance)});
}

void delta_links::append(link added) {
  if (links_.size() >= most_) return;
  links_.push_back(added);
  last_ += added.step;
}

std::optional<std::vector<std::uint64_t>> delta_links::chains_of(std::vector<std::uint64_t> ends,
                                                                 std::size_t most) const {
  // Bases lie before what stands on them, so one way back through the pack meets every link that is needed.
  std::vector<std::uint64_t> found;
  std::vector<std::uint64_t> due = std::move(ends);  // a heap, the farthest first
  std::ranges::make_heap(due);
  const auto take = [&] {
    const std::uint64_t offset = due.front();
    if (found.empty() || found.back() != offset) found.push_back(offset);
    std::ranges::pop_heap(due);
    due.pop_back();
  };
  std::uint64_t offset = last_;
  for (auto at = links_.rbegin(); at != links_.rend() && !due.empty(); offset -= at->step, ++at) {
    bool is_needed = false;
    while (!due.empty() && due.front() >= offset) {
      is_needed = is_needed || due.front() == offset;
      take();
    }
    if (is_needed && at->distance != 0) {
      due.push_back(offset - at->distance);
      std::ranges::push_heap(due);
    }
    if (found.size() + due.size() > most) return std::nullopt;
  }
  while (!due.empty()) take();
  if (found.size() > most) return std::nullopt;
  std::ranges::reverse(found);
  return found;
}

}  // namespace hfpipe::git

#include "tools/hfpipe/spelling.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace hfpipe::cli {

namespace {

/// Names of flags are far shorter; a longer word is no typo of one, and the table below stays small.
constexpr std::size_t longest_word = 64;
constexpr std::size_t longest_address = 256;

/// Edits between two words, two neighbours swapped counting as one (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> cost((a.size() + 1) * width);
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      auto& here = cost[i * width + j];
      if (i == 0 || j == 0) {
        here = i + j;
        continue;
      }
      const std::size_t changed = a[i - 1] == b[j - 1] ? 0 : 1;
      here = std::min(
          {cost[(i - 1) * width + j] + 1, cost[i * width + j - 1] + 1, cost[(i - 1) * width + j - 1] + changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        here = std::min(here, cost[(i - 2) * width + j - 2] + 1);
      }
    }
  }
  return cost.back();
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view typed, std::span<const std::string_view> candidates) {
  if (typed.empty() || typed.size() > longest_word) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t fewest = std::max<std::size_t>(1, typed.size() / 3) + 1;
  for (const auto candidate : candidates) {
    const auto edits = distance(typed, candidate);
    if (edits >= fewest) continue;
    fewest = edits;
    best = candidate;
  }
  return best;
}

std::string in_quotes(std::string_view text) {
  constexpr std::array<std::string_view, 6> token_marks{"@", "hf_", "glpat-", "ghp_", "github_pat_", "ms-"};
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  const bool secretive = std::any_of(token_marks.begin(), token_marks.end(),
                                     [&](std::string_view mark) { return text.find(mark) != text.npos; });
  const bool is_address = text.find("://") != text.npos;
  const bool may_sign = is_address && text.find_first_of("?#;") != text.npos;
  const std::size_t longest = is_address ? longest_address : longest_word;
  if (!plain || secretive || may_sign || text.size() > longest) return "that value";
  return "'" + std::string(text) + "'";
}

}  // namespace hfpipe::cli

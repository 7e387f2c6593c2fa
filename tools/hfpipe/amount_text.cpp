#include "tools/hfpipe/amount_text.hpp"

#include <algorithm>

namespace hfpipe::cli {

std::string amount_text(byte_count done, byte_count total) {
  auto left = to_text(done);
  const auto right = to_text(total);
  const auto unit = [](const std::string& text) { return text.substr(text.find(' ')); };
  if (unit(left) == unit(right)) left.erase(left.find(' '));
  return left + " / " + right;
}

std::string rate_text(double bytes_per_second) {
  // Far beyond any network, far below what a 64-bit integer holds.
  constexpr double ceiling = 1e18;
  return to_text(byte_count(static_cast<std::uint64_t>(std::clamp(bytes_per_second, 0.0, ceiling)))) + "/s";
}

std::string counted(std::uint64_t number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace hfpipe::cli

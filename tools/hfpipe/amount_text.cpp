#include "tools/hfpipe/amount_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "tools/hfpipe/duration_text.hpp"

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

std::string limits_text(const event::limits_set& limits) {
  std::string text;
  if (limits.bytes) text = to_text(*limits.bytes) + "/s";
  if (!limits.requests) return text;
  std::array<char, 48> requests{};
  std::snprintf(requests.data(), requests.size(), "%g requests/s", *limits.requests);
  return text + (text.empty() ? "" : ", ") + requests.data();
}

std::string seconds_text(duration span) {
  const auto seconds = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(span).count());
  return seconds < 60 ? std::to_string(seconds) + " s" : spoken_text(span);
}

std::string_view spoken(event::step step) {
  switch (step) {
    case event::step::listing:
      return "listing the refs of both sides";
    case event::step::asking_to_write:
      return "asking the target for write access";
    case event::step::reading_pack:
      return "reading the history";
    case event::step::reading_history:
      return "reading the whole history";
    case event::step::asking_for_blobs:
      return "asking the target which objects it has";
    case event::step::copying_blobs:
      return "copying objects";
    case event::step::pushing:
      return "pushing";
    case event::step::checking:
      break;
  }
  return "reading back what the target has";
}

std::string counted(std::uint64_t number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace hfpipe::cli

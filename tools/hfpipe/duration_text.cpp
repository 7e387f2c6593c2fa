#include "tools/hfpipe/duration_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace hfpipe::cli {

namespace {

struct unit {
  std::string_view name;
  double seconds;
};

constexpr std::array<unit, 5> units{{{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};

}  // namespace

outcome<duration> parse_duration(std::string_view text) {
  const auto refuse = [](std::string why) {
    return failure(errc::bad_option).detail(std::move(why)).hint("write time spans as 5s, 2m or 1h30m");
  };
  double total = 0;
  std::string_view rest = text;
  do {
    if (rest.empty() || rest.front() < '0' || rest.front() > '9') return refuse("not a time span");
    double number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
    if (error != std::errc()) return refuse("not a time span");
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const auto name_end = std::min(rest.find_first_of("0123456789"), rest.size());
    const auto name = rest.substr(0, name_end);
    const bool bare = name.empty() && text.data() + text.size() == end && total == 0;
    const auto found = std::find_if(units.begin(), units.end(), [&](const unit& u) { return u.name == name; });
    if (!bare && found == units.end()) return refuse("not a time span");
    total += number * (bare ? 1.0 : found->seconds);
    rest.remove_prefix(name_end);
  } while (!rest.empty());
  const std::chrono::duration<double> span(total);
  if (!(span <= longest_span)) return refuse("longer than a week");
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(span);
  if (whole.count() <= 0) return refuse("not more than zero");
  return duration(whole);
}

std::string clock_text(duration span) {
  const auto seconds = std::max<long long>(0, std::chrono::duration_cast<std::chrono::seconds>(span).count());
  std::array<char, 40> text{};
  if (seconds < 3600) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld", seconds / 60, seconds % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
  return text.data();
}

std::string spoken_text(duration span) {
  const auto exact = std::max(0.0, std::chrono::duration<double>(span).count());
  const auto seconds = static_cast<long long>(exact);
  std::array<char, 40> text{};
  if (exact < 10) {
    std::snprintf(text.data(), text.size(), "%.1f s", exact);
  } else if (seconds < 60) {
    std::snprintf(text.data(), text.size(), "%lld s", seconds);
  } else if (seconds < 3600) {
    std::snprintf(text.data(), text.size(), "%lld m %02lld s", seconds / 60, seconds % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld h %02lld m", seconds / 3600, seconds / 60 % 60);
  }
  return text.data();
}

}  // namespace hfpipe::cli

#include "protocol/lfs/rfc3339.hpp"

#include <algorithm>
#include <charconv>

namespace hfpipe::lfs {

namespace {

/// `count` digits at the front, taken off; -1 and nothing taken when they are not there.
int take_number(std::string_view& text, std::size_t count) {
  const std::string_view digits = text.substr(0, count);
  if (digits.size() != count || digits.find_first_not_of("0123456789") != digits.npos) return -1;
  int number = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == any_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

/// `Z` or `+08:00`, to the end of the text.
std::optional<std::chrono::minutes> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  const bool west = text.starts_with('-');
  if (!take(text, "+-")) return {};
  const int hours = take_number(text, 2);
  if (!take(text, ":")) return {};
  const int minutes = take_number(text, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !text.empty()) return {};
  const std::chrono::minutes offset(hours * 60 + minutes);
  return west ? -offset : offset;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const int years = take_number(text, 4);
  if (!take(text, "-")) return {};
  const int months = take_number(text, 2);
  if (!take(text, "-")) return {};
  const int days = take_number(text, 2);
  if (!take(text, "Tt ")) return {};
  const int hour = take_number(text, 2);
  if (!take(text, ":")) return {};
  const int minute = take_number(text, 2);
  if (!take(text, ":")) return {};
  const int second = take_number(text, 2);
  if (take(text, ".")) text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
  const auto offset = read_offset(text);

  if (years < 1971 || years > 2200 || months < 0 || days < 0 || !offset) return {};
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return {};
  const year_month_day date(year(years), month(static_cast<unsigned>(months)), day(static_cast<unsigned>(days)));
  if (!date.ok()) return {};
  return sys_days(date) + std::chrono::hours(hour) + minutes(minute) + seconds(second) - *offset;
}

}  // namespace hfpipe::lfs

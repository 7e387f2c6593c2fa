#include "tools/hfpipe/flag_values.hpp"

#include <charconv>
#include <system_error>

#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

constexpr std::string_view unlimited = "off";
constexpr std::string_view a_second = "/s";

}  // namespace

void refuse(const setting& given, const std::string& why) {
  throw failed(failure(errc::bad_option).detail(given.given_as + ": " + why));
}

const std::string& value_of(const setting& given) {
  if (given.values.back().empty()) refuse(given, "an empty value");
  return given.values.back();
}

std::string value_or_nothing(const command_line& line, std::string_view flag) {
  const auto* given = line.find(flag);
  return given == nullptr ? std::string() : value_of(*given);
}

bool read_switch(const command_line& line, std::string_view flag) {
  return line.find(flag) != nullptr;
}

void read(const command_line& line, std::string_view flag, duration& into) {
  const auto* given = line.find(flag);
  if (given == nullptr) return;
  const auto span = parse_duration(value_of(*given));
  if (!span)
    refuse(*given, in_quotes(given->values.back()) + " is " + span.error().detail() + " (write 5s, 2m or 1h30m)");
  into = *span;
}

void read(const command_line& line, std::string_view flag, unsigned least, unsigned most, unsigned& into) {
  const auto* given = line.find(flag);
  if (given == nullptr) return;
  const auto& text = value_of(*given);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    refuse(*given, in_quotes(text) + " is not a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  into = number;
}

void read_size(const command_line& line, std::string_view flag, byte_count least, byte_count& into) {
  const auto* given = line.find(flag);
  if (given == nullptr) return;
  const auto size = parse_byte_count(value_of(*given));
  if (!size)
    refuse(*given,
           in_quotes(given->values.back()) + " is not a size (write 64KiB, 16MiB, 1GB or 65536: units end in B)");
  if (*size < least) refuse(*given, "at least " + to_text(least) + " are needed");
  into = *size;
}

void read_rate(const command_line& line, std::string_view flag, byte_count least, std::optional<byte_count>& into) {
  const auto* given = line.find(flag);
  if (given == nullptr) return;
  std::string_view text = value_of(*given);
  into.reset();
  if (text == unlimited) return;
  if (text.ends_with(a_second)) text.remove_suffix(a_second.size());
  const auto size = parse_byte_count(text);
  if (!size) refuse(*given, in_quotes(given->values.back()) + " is not a rate (write 30MiB, 500kB or off)");
  if (*size < least) refuse(*given, "at least " + to_text(least) + " a second are needed");
  into = *size;
}

void read_rate(const command_line& line, std::string_view flag, double least, double most,
               std::optional<double>& into) {
  const auto* given = line.find(flag);
  if (given == nullptr) return;
  const std::string& text = value_of(*given);
  into.reset();
  if (text == unlimited) return;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || !(number >= least && number <= most)) {
    refuse(*given, in_quotes(text) + " is not a number of requests a second (write 10, 0.5 or off)");
  }
  into = number;
}

std::size_t choice_of(const setting& given, std::span<const std::string_view> names) {
  const auto& text = value_of(given);
  std::string choices;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return i;
    choices += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string(names[i]);
  }
  refuse(given, in_quotes(text) + " is not " + choices);
}

}  // namespace hfpipe::cli

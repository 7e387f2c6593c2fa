#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/byte_count.hpp"
#include "tools/hfpipe/command_line.hpp"
#include "tools/hfpipe/duration_text.hpp"

namespace hfpipe::cli {

/// What settings mean. Each reader leaves its target alone where nothing is given, and throws `failed` with
/// errc::bad_option, naming the flag or the variable, where what is given makes no sense: so each use is one rule in
/// one line. parse_options turns that back into a value.

/// Refuses what was given, as `why` says.
[[noreturn]] void refuse(const setting& given, const std::string& why);

/// What was given last; it is not empty.
const std::string& value_of(const setting& given);
/// The same, or an empty text where nothing is given.
std::string value_or_nothing(const command_line& line, std::string_view flag);

bool read_switch(const command_line& line, std::string_view flag);
void read(const command_line& line, std::string_view flag, duration& into);
void read(const command_line& line, std::string_view flag, unsigned least, unsigned most, unsigned& into);
void read_size(const command_line& line, std::string_view flag, byte_count least, byte_count& into);

/// `30MiB`, bytes a second; `off` is none.
void read_rate(const command_line& line, std::string_view flag, byte_count least, std::optional<byte_count>& into);
/// `4`, `0.5`; `off` is none.
void read_rate(const command_line& line, std::string_view flag, double least, double most, std::optional<double>& into);

/// Where the value stands in `names`.
std::size_t choice_of(const setting& given, std::span<const std::string_view> names);

/// The enumerators stand in `names` in the order of their values.
template <class Enum, std::size_t N>
void read(const command_line& line, std::string_view flag, const std::array<std::string_view, N>& names, Enum& into) {
  if (const auto* given = line.find(flag)) into = static_cast<Enum>(choice_of(*given, names));
}

}  // namespace hfpipe::cli

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/failure.hpp"
#include "tools/hfpipe/environment.hpp"

namespace hfpipe::cli {

/// What was given for one flag, and under which name (`--transfers` or `HFPIPE_TRANSFERS`), for messages.
struct setting {
  std::string given_as;
  std::vector<std::string> values;  ///< one, except for repeatable flags; `true` for switches
};

enum class command { copy, verify, version, help };

/// Words, not yet meaning: which command, and what was given for each flag, keyed by its long name without dashes.
struct command_line {
  cli::command command = cli::command::copy;
  std::map<std::string, setting, std::less<>> settings;
  std::vector<std::string> notes;  ///< variables that look like typos

  /// Null when neither the command line nor the environment gave it.
  const setting* find(std::string_view flag) const {
    const auto found = settings.find(flag);
    return found == settings.end() ? nullptr : &found->second;
  }
};

/// Reads `args` (without the program's name), then HFPIPE_<FLAG> for what they leave out. SOURCE and TARGET as words
/// are the settings `source` and `target`.
/// Fails with errc::bad_option: an unknown flag or command (the hint names the nearest), a flag without its value, a
/// switch with a value that is neither true nor false, too many words, a flag of
/// another command. The failure never repeats a word that could hold
/// a secret.
outcome<command_line> read_command_line(const std::vector<std::string>& args, const environment& env);

/// What `hfpipe --help` prints, wrapped for a terminal of 100 columns.
std::string help_text();

}  // namespace hfpipe::cli

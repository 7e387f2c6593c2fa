#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/failure.hpp"
#include "tools/hfpipe/environment.hpp"
#include "tools/hfpipe/flags.hpp"

namespace hfpipe::cli {

/// What was given for one flag, and under which name (`--transfers` or `HFPIPE_TRANSFERS`), for messages.
struct setting {
  std::string given_as;
  std::vector<std::string> values;  ///< one, except for repeatable flags; `true` for switches
};

/// Words, not yet meaning: which command, and what was given for each flag, keyed by its long name without dashes.
struct command_line {
  cli::command command = cli::command::copy;
  std::optional<cli::command> topic;  ///< of help: the command that is asked about
  std::map<std::string, setting, std::less<>> settings;
  std::vector<std::string> notes;  ///< variables that look like typos

  /// Null when neither the command line nor the environment gave it.
  const setting* find(std::string_view flag) const {
    const auto found = settings.find(flag);
    return found == settings.end() ? nullptr : &found->second;
  }
};

/// Reads `args` (without the program's name). SOURCE and TARGET as words are the settings `source` and `target`, the
/// word behind `completion` is `shell`. A switch that is off is a setting without a value.
/// Fails with errc::bad_option: an unknown flag or command (the hint names the nearest), a flag without its value, a
/// switch with a value that is neither true nor false, too many words. The failure never repeats a word that could hold
/// a secret.
outcome<command_line> read_words(const std::vector<std::string>& args);

/// Takes HFPIPE_<FLAG> from `env` for what the words left out, and settles which command is meant: --use-remote-mirror
/// makes a mirror of a copy. Afterwards a switch that is a setting is on.
/// Fails with errc::bad_option: a variable that is neither true nor false, a flag of another command.
outcome<void> add_variables(command_line& line, const environment& env);

}  // namespace hfpipe::cli

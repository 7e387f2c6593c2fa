#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hfpipe::cli {

enum class command { copy, sync, verify, mirror, bench, completion, version, help };

/// What a flag takes. A question asks about hfpipe and has no variable.
enum class kind { text, list, toggle, question };

/// The commands that a flag says something to.
struct listeners {
  bool copy = false;
  bool sync = false;  ///< with a job, too: what is given there holds for every job, whatever the file says
  bool verify = false;
  bool mirror = false;
  bool bench = false;
  bool job = false;  ///< of a jobs file: what each copy can have for itself
};
inline constexpr listeners every_command{.copy = true, .sync = true, .verify = true, .mirror = true, .bench = true};
inline constexpr listeners every_copy{
    .copy = true, .sync = true, .verify = true, .mirror = true, .bench = true, .job = true};
inline constexpr listeners every_choice{.copy = true, .sync = true, .verify = true, .mirror = true, .job = true};
inline constexpr listeners every_pair{.copy = true, .verify = true, .mirror = true, .bench = true, .job = true};
inline constexpr listeners that_send{.copy = true, .sync = true, .job = true};
inline constexpr listeners that_check{.verify = true};
inline constexpr listeners that_compare{.copy = true, .sync = true, .verify = true, .job = true};
inline constexpr listeners that_share{.copy = true, .sync = true, .verify = true, .bench = true};
inline constexpr listeners that_carry{.copy = true, .sync = true, .verify = true, .bench = true, .job = true};
inline constexpr listeners that_measure{.bench = true};
inline constexpr listeners that_delegate{.mirror = true};
inline constexpr listeners that_repeat{.sync = true};
inline constexpr listeners that_ask_the_host{.copy = true, .sync = true, .mirror = true, .job = true};

/// One row of the table that the command line, the variables, the help and the completions are made of.
struct flag {
  kind takes;
  std::string_view letter;  ///< `-j`, or empty
  std::string_view name;    ///< `transfers`
  std::string_view value;   ///< `N`, or `a|b` where these are all choices; for the help and the completions
  std::string_view group;
  std::string_view help;      ///< empty for what is understood but not shown
  listeners told;             ///< which commands it says something to
  std::string_view old = {};  ///< a variable of another name that counts where HFPIPE_<FLAG> is not set
};

/// In the order of the help.
std::span<const flag> all_flags();
/// The words that may stand where the command stands.
std::span<const std::string_view> all_commands();
std::string_view to_text(command word);

/// Whether `f` says something to `word`.
bool listens(command word, const flag& f);
/// `max-buffer-memory` -> `HFPIPE_MAX_BUFFER_MEMORY`.
std::string variable_of(std::string_view flag_name);

}  // namespace hfpipe::cli

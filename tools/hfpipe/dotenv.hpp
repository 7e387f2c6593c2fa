#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/byte_count.hpp"
#include "tools/hfpipe/environment.hpp"

namespace hfpipe::cli {

/// A line of an env file that says nothing, and where in it that shows; both from 1, the column in bytes.
struct dotenv_fault {
  std::size_t line = 1;
  std::size_t column = 1;
  std::string why;  ///< never repeats what stands there
};

/// `NAME=value`, or a name alone, which takes back what a line before it set.
struct dotenv_binding {
  std::string name;
  std::optional<std::string> value;
};

struct dotenv_content {
  std::vector<dotenv_binding> bindings;  ///< in the file's order; a name may come again
  std::vector<dotenv_fault> faults;
};

/// Reads an env file as python-dotenv does, which the script that hfpipe replaces used: `NAME=value`, with `export`
/// before it or not; names in single quotes; values bare (to a # behind white space), in single quotes (\\ and \' are
/// escapes) or in double quotes (\\ \' \" \a \b \f \n \r \t \v); quoted ones over several lines.
/// A line that cannot be read is a fault and the next one is read. A byte order mark is skipped.
dotenv_content parse_dotenv(std::string_view text);

/// The most that the values of an env file may grow to by ${NAME}: each can double what it takes from the one before.
inline constexpr byte_count dotenv_limit{1U << 20};

/// Adds what `content` says to `env`; what `env` has already, even empty, stays. In every value ${NAME} and
/// ${NAME:-otherwise} stand for the process's variable, else for the last line before that set it, else for nothing or
/// `otherwise`. Fails with errc::bad_option where the values grow beyond dotenv_limit.
outcome<void> add_dotenv(environment& env, const dotenv_content& content);

}  // namespace hfpipe::cli

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "protocol/failure.hpp"

namespace hfpipe::cli {

/// The process environment as a value, so that everything that depends on it is a function of it.
using environment = std::map<std::string, std::string, std::less<>>;

/// The value of `name`, or an empty view: a variable that is set to nothing counts as not set.
/// The view lives as long as the map.
inline std::string_view value_of(const environment& env, std::string_view name) {
  const auto found = env.find(name);
  return found == env.end() ? std::string_view() : std::string_view(found->second);
}

/// A file of the user's.
struct small_file {
  std::string content;
  bool readable_by_others = false;  ///< by the file's group or by everybody
};

/// Reads a small file of the user's as a whole; `-` is standard input.
/// Fails with errc::not_found where there is no such file (a folder is none), else with errc::bad_option.
using file_reader = std::function<outcome<small_file>(const std::string& path)>;

}  // namespace hfpipe::cli

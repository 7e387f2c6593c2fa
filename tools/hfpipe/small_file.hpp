#pragma once

#include <string>

#include "protocol/byte_count.hpp"
#include "protocol/failure.hpp"
#include "tools/hfpipe/environment.hpp"

namespace hfpipe::cli {

/// A token is near 100 bytes, an env file has a few hundred lines, a jobs file of ten thousand jobs fits; somebody who
/// names another file by mistake is told so.
inline constexpr byte_count small_file_limit{1U << 20};

/// The content of `path`, or of standard input for `-`: one line, not shown while it is typed, where that is a
/// terminal. Fails with errc::not_found where there is no file of that name, else with errc::bad_option; both name the
/// path and the reason.
outcome<small_file> read_small_file(const std::string& path);

}  // namespace hfpipe::cli

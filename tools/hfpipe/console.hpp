#pragma once

#include <optional>
#include <string>

#include "engine/events.hpp"
#include "protocol/failure.hpp"
#include "tools/hfpipe/options.hpp"

namespace hfpipe::cli {

/// A failure as a person reads it: what, where, which side, what now. Ends with a line end.
///   error: the credentials were refused (target): HTTP Basic: Access denied
///     where: info/refs < gitlab.example.com
///     what now: check the token: that it is complete, not expired, and for this host
std::string rendered(const failure& why, colour use);

/// A failure within a line: what and whose fault.
std::string in_one_line(const failure& why);

/// Something to know before or beside the work, with its line end.
std::string rendered_warning(const std::string& text, colour use);

/// The line that an event is worth in a log of this verbosity, without its line end; nothing for most.
std::optional<std::string> log_line(const any_event& happened, verbosity wanted, colour use);

/// The line of an event that tells of a retry or of a side that asked for a pause; nothing for all others.
std::optional<std::string> setback_line(const any_event& happened);

}  // namespace hfpipe::cli

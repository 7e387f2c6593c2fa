#pragma once

#include <string>
#include <string_view>

#include "engine/events.hpp"
#include "protocol/byte_count.hpp"
#include "transports/task.hpp"

namespace hfpipe::cli {

/// `38.2 / 61.1 GiB`, or `512 KiB / 61.1 GiB` where the units differ.
std::string amount_text(byte_count done, byte_count total);

/// `412.0 MiB/s`.
std::string rate_text(double bytes_per_second);

/// `30.0 MiB/s, 4 requests/s`; empty where there is no limit.
std::string limits_text(const event::limits_set& limits);

/// `12 s`, `2 m 05 s`: whole seconds, for what counts on a screen.
std::string seconds_text(duration span);

/// `1 ref`, `3 refs`.
std::string counted(std::uint64_t number, const std::string& noun);

/// What goes on, for people: `reading the history`.
std::string_view spoken(event::step step);

}  // namespace hfpipe::cli

#pragma once

#include <string>

#include "protocol/byte_count.hpp"

namespace hfpipe::cli {

/// `38.2 / 61.1 GiB`, or `512 KiB / 61.1 GiB` where the units differ.
std::string amount_text(byte_count done, byte_count total);

/// `412.0 MiB/s`.
std::string rate_text(double bytes_per_second);

/// `1 ref`, `3 refs`.
std::string counted(std::uint64_t number, const std::string& noun);

}  // namespace hfpipe::cli

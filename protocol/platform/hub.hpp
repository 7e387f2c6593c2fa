#pragma once

#include <string_view>

#include "protocol/platform/api_call.hpp"
#include "protocol/platform/repository_facts.hpp"
#include "protocol/platform/repository_place.hpp"

// Hugging Face's API: what is asked and what the answers mean. Readers fail with errc::remote_error.

namespace hfpipe::platform::hub {

/// The branch of every repository there; no call changes it.
inline constexpr std::string_view default_branch = "main";

api_call find_repository(const repository_place& place);
/// A gated repository is not open: whoever wants to read it has to ask.
outcome<repository_facts> read_repository(std::string_view body);
api_call create_repository(const repository_place& place, openness open);

}  // namespace hfpipe::platform::hub

#pragma once

#include <optional>
#include <string_view>

#include "protocol/platform/api_call.hpp"
#include "protocol/platform/repository_facts.hpp"
#include "protocol/platform/repository_place.hpp"

// ModelScope's API v1: what is asked and what the answers mean. Every answer stands in an envelope whose `Code`
// decides, also under a status 200.

namespace hfpipe::platform::modelscope {

/// The branch that its pages and its client show.
inline constexpr std::string_view default_branch = "master";

api_call find_repository(const repository_place& place);
/// Nothing when it does not exist. Fails with errc::remote_error, and with errc::unauthorized when it wants a token.
outcome<std::optional<repository_facts>> read_repository(std::string_view body);
/// A model or a data set. Fails with errc::forbidden for others: studios are made on the site.
outcome<api_call> create_repository(const repository_place& place, openness open);
/// What the envelope refuses, as a failure; nothing when it says success.
outcome<void> read_created(std::string_view body);

}  // namespace hfpipe::platform::modelscope

#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/platform/api_call.hpp"
#include "protocol/platform/repository_facts.hpp"
#include "protocol/platform/repository_place.hpp"

// GitLab's API v4: what is asked and what the answers mean. Readers fail with errc::remote_error.

namespace hfpipe::platform::gitlab {

api_call find_project(const repository_place& place);
outcome<repository_facts> read_project(std::string_view body);

/// The group or user that shall own a project.
api_call find_namespace(const repository_place& place);
outcome<std::int64_t> read_namespace(std::string_view body);
/// Without a first commit: the first push would have to be forced onto a protected branch.
api_call create_project(const repository_place& place, std::int64_t namespace_id, openness open);

/// `branch` is the short name: a full one is taken and breaks the project.
api_call set_default_branch(const repository_place& place, std::string_view branch);

/// The form since 17.6.
api_call configure_mirror(const repository_place& place, const mirror_source& from);
/// The form before: the source's token stands inside its URL.
api_call configure_mirror_by_project(const repository_place& place, const mirror_source& from);
/// Whether the older form's answer says that the project pulls now: an edition without mirroring takes the request and
/// leaves out what it does not know.
outcome<bool> read_is_mirror(std::string_view body);
api_call start_update(const repository_place& place);
api_call mirror_details(const repository_place& place);
outcome<mirror_state> read_mirror(std::string_view body);

}  // namespace hfpipe::platform::gitlab

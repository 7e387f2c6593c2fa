#pragma once

#include <string>
#include <string_view>

#include "protocol/platform/api_call.hpp"
#include "protocol/platform/repository_facts.hpp"
#include "protocol/platform/repository_place.hpp"

// The API v1 of Gitea and Forgejo: what is asked and what the answers mean. Readers fail with errc::remote_error.

namespace hfpipe::platform::gitea {

api_call find_repository(const repository_place& place);
outcome<repository_facts> read_repository(std::string_view body);

/// Whose token it is: a user's own repositories and an organisation's are created at different places.
api_call whose_token();
outcome<std::string> read_user(std::string_view body);
api_call create_repository(const repository_place& place, std::string_view token_user, openness open);

api_call set_default_branch(const repository_place& place, std::string_view branch);

/// Creates a private pull mirror, with LFS objects. The answer comes when all of it was pulled.
api_call migrate(const repository_place& place, const mirror_source& from);
api_call start_update(const repository_place& place);
/// The state of a mirror, from what read_repository() reads too: its updates show only once they ended well.
outcome<mirror_state> read_mirror(std::string_view body);

}  // namespace hfpipe::platform::gitea

#pragma once

#include <string>
#include <string_view>

#include "protocol/lfs/batch.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::lfs {

/// The request that an action asks for: its href with its headers as they are, except those that describe a connection
/// or a body, which are the client's. `own` is our credential for the LFS API: it goes along when the action brings no
/// Authorization of its own, and the client then shows it to its own origin only.
/// Lives: `own` must outlive the exchange.
net::request make_action_request(std::string method, const action& what, const http::credential* own);

/// Whether the action brings this header; the value lives as long as the action.
const secret* find_header(const action& in, std::string_view name);

/// Adds a header unless one of that name is there.
void add_default_header(net::request& to, std::string_view name, std::string_view value);

/// The same failure under the name that its status has in this place; the hint is the new name's own.
failure renamed(const failure& why, errc code);

/// The LFS API's media type, for Accept and Content-Type. Gitea compares it whole.
inline constexpr std::string_view media_type = "application/vnd.git-lfs+json";

}  // namespace hfpipe::lfs

#pragma once

#include "tools/forge/site.hpp"

namespace hfpipe::forge {

/// Answers what goes to the host's own API, as the kind of host that the site is: whether a repository exists, its
/// creation, its default branch, pull mirrors. What another kind would answer is 404.
void serve_host_api(const visit& request);

}  // namespace hfpipe::forge

#pragma once

#include "tools/forge/site.hpp"

namespace hfpipe::forge {

/// Answers info/refs, git-upload-pack and git-receive-pack through `git http-backend`, streaming both ways at once.
/// A client that vanishes takes its git with it. Throws system_error when the connection breaks.
void serve_git(const visit& request);

}  // namespace hfpipe::forge

#pragma once

#include "tools/forge/site.hpp"

namespace hfpipe::forge {

/// GET …/info/lfs/objects/OID with the repository's credentials.
void serve_download(const visit& request);

/// GET /blob/REPOSITORY/OID?expires=…&signature=… on the CDN's port. Credentials are refused: they leaked.
void serve_cdn(const visit& request);

}  // namespace hfpipe::forge

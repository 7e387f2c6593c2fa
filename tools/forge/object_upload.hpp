#pragma once

#include "tools/forge/site.hpp"

namespace hfpipe::forge {

/// PUT …/info/lfs/objects/OID, or as other hosts name it. The object is there if and only if the answer is 200.
void serve_upload(const visit& request);

/// PUT /api/v1/repos/models/REPOSITORY/blobs/OID/SIZE on the CDN's port, ModelScope's store: wants a Bearer and the
/// same token as a cookie, and says in the body of a 400 what it misses.
void serve_store(const visit& request);

}  // namespace hfpipe::forge

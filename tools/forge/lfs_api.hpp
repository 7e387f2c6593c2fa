#pragma once

#include "tools/forge/site.hpp"

namespace hfpipe::forge {

/// POST …/info/lfs/objects/batch: says of each object where it is, or where it may be put, in the site's manners.
void serve_batch(const visit& request);

/// POST …/info/lfs/verify: 200 when the object is here with that size, else 404 or 422.
void serve_verify(const visit& request);

}  // namespace hfpipe::forge

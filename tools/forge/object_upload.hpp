#pragma once

#include "tools/forge/site.hpp"

namespace hfpipe::forge {

/// PUT …/info/lfs/objects/OID. The object is there if and only if the answer is 200.
void serve_upload(const visit& request);

}  // namespace hfpipe::forge

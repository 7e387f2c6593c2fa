#pragma once

#include "tools/forge/site.hpp"

namespace hfpipe::forge {

/// PUT /part/REPOSITORY/numbered/OID/NUMBER?expires=…&signature=… on the CDN's port: keeps one part of an object and
/// answers with its ETag. Credentials are refused: they leaked.
void serve_part(const visit& request);

/// …/info/lfs/multipart/OID, with the repository's credentials. POST joins the parts into the object, which is there if
/// and only if the answer is 200: with a list of ETags those that it names, else all. POST with `call=init` begins
/// anew, DELETE forgets the parts.
void serve_parts_call(const visit& request);

}  // namespace hfpipe::forge

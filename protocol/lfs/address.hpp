#pragma once

#include "protocol/http/url.hpp"

namespace hfpipe::lfs {

/// Where a repository's LFS API is, by git-lfs's rule: `…/name` and `…/name.git` both have it at
/// `…/name.git/info/lfs`. A trailing slash and a query do not count.
http::url lfs_endpoint(const http::url& repository);

}  // namespace hfpipe::lfs

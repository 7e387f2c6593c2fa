#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/forge/signed_path.hpp"

namespace hfpipe::forge {

/// What GitLab puts into the Authorization of an LFS action: a credential of its own for objects, good until `expires`,
/// which it tells nobody.
std::string mint_lfs_token(std::int64_t expires, const secret& key);

/// Anything else than what mint_lfs_token() made with that key is `forged`.
signature_verdict check_lfs_token(std::string_view authorization, std::int64_t now, const secret& key);

}  // namespace hfpipe::forge

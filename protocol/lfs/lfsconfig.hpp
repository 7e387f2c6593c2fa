#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hfpipe::lfs {

/// The LFS server that a `.lfsconfig` with this content sends every clone to: `url` of its section `lfs`. Nothing where
/// the blob is no such file or names none. Comes from the repository: an address, not yet checked; what stands before an
/// `@` in it, which may be a password, is left out.
std::optional<std::string> server_named_in(std::string_view blob);

}  // namespace hfpipe::lfs

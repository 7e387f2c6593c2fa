#pragma once

#include <cstddef>
#include <span>

#include "protocol/oid.hpp"

namespace hfpipe::git {

/// Whether `commit` (an object's content) has the header line `parent <parent>`. A message that says so does not count.
bool names_parent(std::span<const std::byte> commit, const git_oid& parent);

/// What a commit with this content is called.
git_oid id_of_commit(object_format format, std::span<const std::byte> commit);

}  // namespace hfpipe::git

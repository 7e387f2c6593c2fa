#pragma once

#include <optional>
#include <vector>

#include "protocol/ref_name.hpp"

namespace hfpipe::git {

/// What one side has, whatever protocol version said so. No HEAD and no peeled `^{}` entries among the refs.
struct ref_listing {
  object_format format = object_format::sha1;
  ref_list refs;
  std::optional<ref_name> default_branch;  ///< what HEAD points to, where the server says it
  std::vector<git_oid> extra_haves;        ///< `.have` lines: objects there that no ref of this repository names
};

}  // namespace hfpipe::git

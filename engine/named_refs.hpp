#pragma once

#include <string>
#include <vector>

#include "protocol/ref_name.hpp"

namespace hfpipe {

/// A ref that a server's words name: `refs/heads/main`, `branch main`, `tag v1`; or a namespace: `refs/pr/`,
/// `refs/pr/*`.
struct named_ref {
  std::string text;  ///< a full name, or a prefix that ends in a slash

  bool means(const ref_name& name) const;
};

/// What lines of a server's name. Other words are no refs, also where a branch has such a name.
std::vector<named_ref> refs_named_in(const std::vector<std::string>& lines);

/// The lines in one, as much as a person reads.
std::string in_short(const std::vector<std::string>& lines);

}  // namespace hfpipe

#pragma once

#include <string>
#include <vector>

#include "protocol/ref_name.hpp"

namespace hfpipe {

/// What is certain about a kind of host before it is asked. Nothing here is a guess: what is not certain is tried.
struct host_rules {
  std::string name;                 ///< as people call it; empty when the kind is not known
  std::vector<std::string> hidden;  ///< prefixes of refs that it keeps for itself and lets nobody push

  bool hides(const ref_name& ref) const;
};

/// Gitaly's receive.hideRefs: `deny updating a hidden ref`.
host_rules gitlab_rules();
/// refs/for/ opens a pull request instead of making a ref, refs/pull/ belongs to those.
host_rules gitea_rules();

}  // namespace hfpipe

#include "engine/host_rules.hpp"

#include <algorithm>

namespace hfpipe {

bool host_rules::hides(const ref_name& ref) const {
  return std::any_of(hidden.begin(), hidden.end(), [&](const std::string& prefix) { return ref.starts_with(prefix); });
}

host_rules gitlab_rules() {
  return {"GitLab",
          {"refs/environments/", "refs/keep-around/", "refs/merge-requests/", "refs/pipelines/", "refs/remotes/",
           "refs/tmp/"}};
}

host_rules gitea_rules() {
  return {"Gitea", {"refs/for/", "refs/pull/"}};
}

}  // namespace hfpipe

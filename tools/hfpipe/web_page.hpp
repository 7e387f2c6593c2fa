#pragma once

#include <optional>
#include <string>

#include "protocol/http/url.hpp"

namespace hfpipe::cli {

/// What a browser shows of a repository, as far as its address tells.
struct web_page {
  enum class subject {
    repository,  ///< all of it
    revision,    ///< a branch or a tag
    folder,      ///< a folder or a file of a revision
    other,       ///< a commit, its settings, a discussion, …
  };
  http::url repository;  ///< what to name instead: for git
  subject what = subject::other;
  std::string revision;  ///< of a revision: its name, decoded
  bool is_tag = false;   ///< of a revision: the address says so
};

/// Reads the address of a page of the hub, of GitLab, Gitea or Forgejo, GitHub, ModelScope or OpenXLab. Nothing: it is
/// none, or it may as well be a repository's own, which keeps its name whatever that is.
std::optional<web_page> page_at(const http::url& address, const http::url& hub);

}  // namespace hfpipe::cli

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/failure.hpp"
#include "protocol/http/url.hpp"

namespace hfpipe::platform {

/// Whose API a host speaks. Forgejo speaks Gitea's.
enum class host_kind { gitlab, gitea, hugging_face, modelscope };

/// `GitLab`, `Gitea`, …: for people.
std::string_view to_text(host_kind kind);

/// What the name of a host says: the public sites, and the hub where its origin is `hub`. Nothing for a host of
/// somebody's own: it must be asked.
std::optional<host_kind> kind_of_name(const http::origin& host, const http::origin& hub);

/// Where the host's API is, without '/' at its end, when nobody said otherwise.
http::url api_base_of(const http::url& repository, host_kind kind);

/// A repository as its host's API names it, decoded.
struct repository_place {
  std::string category;  ///< `models`, `datasets` or `spaces`, on hosts that have these
  std::string owner;     ///< on GitLab with its groups: `group/sub`
  std::string name;

  std::string path() const { return owner.empty() ? name : owner + "/" + name; }
};

/// Reads the place from the repository's URL: the path without `.git`, and without the folder that a host keeps
/// everything under, which `api` shows (`https://host/git/api/v4`). Fails with errc::bad_url where the host's kind has
/// no such place.
outcome<repository_place> place_of(const http::url& repository, const http::url& api, host_kind kind);
/// The same from `group/sub/name`, or GitLab's number of a project.
outcome<repository_place> place_of_path(std::string_view path, host_kind kind);

}  // namespace hfpipe::platform

#include "protocol/platform/repository_place.hpp"

#include <algorithm>
#include <array>

namespace hfpipe::platform {

namespace {

bool is_at(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
}

std::string_view suffix_of(host_kind kind) {
  switch (kind) {
    case host_kind::gitlab:
      return "/api/v4";
    case host_kind::hugging_face:
      return "/api";
    case host_kind::gitea:
    case host_kind::modelscope:
      break;
  }
  return "/api/v1";
}

int value_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view path) {
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int high = path[i] == '%' && i + 2 < path.size() ? value_of(path[i + 1]) : -1;
    const int low = high < 0 ? -1 : value_of(path[i + 2]);
    if (low < 0) {
      text += path[i];
    } else {
      text += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return text;
}

std::string_view without_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// Takes `models/` or its like off the front of `path`.
std::string take_category(std::string_view& path, host_kind kind) {
  constexpr std::array<std::string_view, 4> known{"models", "datasets", "spaces", "studios"};
  if (kind == host_kind::gitlab || kind == host_kind::gitea) return {};
  const std::string_view first = path.substr(0, path.find('/'));
  if (std::find(known.begin(), known.end(), first) == known.end()) return "models";
  path.remove_prefix(std::min(path.size(), first.size() + 1));
  return std::string(first);
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string_view to_text(host_kind kind) {
  constexpr std::array<std::string_view, 4> names{"GitLab", "Gitea", "Hugging Face", "ModelScope"};
  return names.at(static_cast<std::size_t>(kind));
}

std::optional<host_kind> kind_of_name(const http::origin& host, const http::origin& hub) {
  if (host == hub || is_at(host.host, "huggingface.co") || is_at(host.host, "hf.co")) return host_kind::hugging_face;
  if (is_at(host.host, "modelscope.cn") || is_at(host.host, "modelscope.ai")) return host_kind::modelscope;
  if (is_at(host.host, "gitlab.com")) return host_kind::gitlab;
  if (is_at(host.host, "gitea.com") || is_at(host.host, "codeberg.org")) return host_kind::gitea;
  return std::nullopt;
}

http::url api_base_of(const http::url& repository, host_kind kind) {
  return repository.at_path(std::string(suffix_of(kind)));
}

outcome<repository_place> place_of(const http::url& repository, const http::url& api, host_kind kind) {
  std::string_view path = repository.path();
  std::string_view folder = api.path();
  // An API on a host of its own tells nothing of the folders of this one.
  const bool beside = api.origin() == repository.origin() && folder.ends_with(suffix_of(kind));
  if (beside) folder.remove_suffix(suffix_of(kind).size());
  if (beside && !folder.empty() && path.starts_with(std::string(folder) + "/")) path.remove_prefix(folder.size());
  return place_of_path(decoded(path), kind);
}

outcome<repository_place> place_of_path(std::string_view path, host_kind kind) {
  path = without_slashes(path);
  if (path.ends_with(".git")) path.remove_suffix(4);
  repository_place place;
  place.category = take_category(path, kind);
  const std::size_t last = path.rfind('/');
  if (last == path.npos && kind == host_kind::gitlab && is_number(path)) {
    place.name = path;
    return place;
  }
  const bool nested = last != path.npos && path.find('/') != last;
  if (last == path.npos || last == 0 || last + 1 == path.size() || (nested && kind != host_kind::gitlab)) {
    return failure(errc::bad_url).detail("no repository of " + std::string(to_text(kind)) + "'s is at this path");
  }
  place.owner = path.substr(0, last);
  place.name = path.substr(last + 1);
  return place;
}

}  // namespace hfpipe::platform

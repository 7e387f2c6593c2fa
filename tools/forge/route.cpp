#include "tools/forge/route.hpp"

#include <algorithm>
#include <array>

namespace hfpipe::forge {

namespace {

struct suffix_of {
  std::string_view suffix;
  forge::service service;
};

constexpr std::array suffixes{
    suffix_of{"/info/refs", service::info_refs},           suffix_of{"/git-upload-pack", service::upload_pack},
    suffix_of{"/git-receive-pack", service::receive_pack}, suffix_of{"/info/lfs/objects/batch", service::lfs_batch},
    suffix_of{"/info/lfs/verify", service::lfs_verify},
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// One to three names that cannot leave the root.
bool is_repository(std::string_view path) {
  int names = 0;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (name.empty() || name.front() == '.' || !std::ranges::all_of(name, is_name_character)) return false;
    ++names;
  }
  return names >= 1 && names <= 3;
}

void set_repository(route& to, std::string_view path, forge::service service) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  if (!is_repository(path)) return;
  to.repository = path;
  to.service = service;
}

// `REPOSITORY` `marker` `/OID` or `/OID/NUMBER`.
bool set_object(route& to, std::string_view path, std::string_view marker, forge::service service) {
  const std::size_t at = path.rfind(marker);
  if (at == std::string_view::npos) return false;
  const std::string_view object = path.substr(at + marker.size());
  if (!object.starts_with('/')) return false;
  const std::size_t slash = object.find('/', 1);
  to.oid = object.substr(1, slash == std::string_view::npos ? slash : slash - 1);
  if (slash != std::string_view::npos) to.number = object.substr(slash + 1);
  set_repository(to, path.substr(0, at), service);
  return true;
}

struct object_path {
  std::string_view before;
  std::string_view marker;
  forge::service service;
};

// Where hosts keep objects: Git LFS servers, GitLab, ModelScope's store, an upload in parts.
constexpr std::array object_paths{
    object_path{"", "/info/lfs/objects", service::lfs_object},
    object_path{"", "/gitlab-lfs/objects", service::lfs_object},
    object_path{"", "/info/lfs/multipart", service::lfs_parts},
    object_path{"/api/v1/repos/models", "/blobs", service::cdn_store},
    object_path{"/part", "/numbered", service::cdn_part},
};

}  // namespace

route parse_route(std::string_view target) {
  route to;
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  to.path = path;
  if (mark != std::string_view::npos) to.query = target.substr(mark + 1);
  if (path == "/_forge/faults") {
    to.service = service::faults;
    return to;
  }
  constexpr std::string_view blob = "/blob/";
  if (path.starts_with(blob)) {
    const std::size_t last = path.rfind('/');
    to.oid = path.substr(last + 1);
    if (last > blob.size()) set_repository(to, path.substr(blob.size(), last - blob.size()), service::cdn_blob);
    return to;
  }
  for (const suffix_of& known : suffixes) {
    if (!path.ends_with(known.suffix)) continue;
    set_repository(to, path.substr(0, path.size() - known.suffix.size()), known.service);
    return to;
  }
  for (const auto& [before, marker, service] : object_paths) {
    if (path.starts_with(before) && set_object(to, path.substr(before.size()), marker, service)) break;
  }
  // Last, because ModelScope keeps its objects below the same prefix.
  if (to.service == service::unknown && path.starts_with("/api/")) to.service = service::host_api;
  return to;
}

}  // namespace hfpipe::forge

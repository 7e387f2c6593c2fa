#pragma once

#include <string>
#include <string_view>

namespace hfpipe::forge {

enum class service {
  faults,
  host_api,
  info_refs,
  upload_pack,
  receive_pack,
  lfs_batch,
  lfs_object,
  lfs_parts,
  lfs_verify,
  cdn_blob,
  cdn_part,
  cdn_store,
  unknown
};

/// What a request's target asks for.
struct route {
  forge::service service = service::unknown;
  std::string repository;  ///< `owner/name` or `datasets/owner/name`, without `.git`; safe as a path below the root
  std::string oid;         ///< of an object's services; any text
  std::string number;      ///< of cdn_part; and of an object the size that its URL names, or empty; any text
  std::string path;        ///< the target without its query
  std::string query;
};

/// Never fails: what has no meaning is `unknown`.
route parse_route(std::string_view target);

}  // namespace hfpipe::forge

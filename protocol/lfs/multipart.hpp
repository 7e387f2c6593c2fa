#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/lfs/action.hpp"
#include "protocol/oid.hpp"

// An upload in parts, as one concept for the two forms that exist: the hub's (one completion URL, numbered part URLs
// among its headers) and giftless' `multipart-basic` (init, parts, commit and abort, each an action of its own).

namespace hfpipe::lfs {

/// A request of a plan that is not a part.
struct plan_call {
  action where;
  std::string method;  ///< PUT, POST or DELETE
  std::string body;    ///< as the server wrote it, to be sent as it is
};

/// Some bytes of the object, next to those of the part before.
struct upload_part {
  action where;
  std::string method;
  byte_count size;  ///< never 0
};

enum class multipart_form {
  hub,       ///< the commit's body names the parts; part URLs are signed and take no credential of ours
  giftless,  ///< the commit's body is the server's own
};

/// How one object is stored: init, then every part in order, then commit, which makes it visible.
struct multipart_plan {
  multipart_form form = multipart_form::hub;
  std::optional<plan_call> init;
  std::vector<upload_part> parts;  ///< their sizes add up to the object's; empty where there is an obstacle
  std::optional<plan_call> commit;
  std::optional<plan_call> abort;
  std::string obstacle;  ///< why bytes that pass through only once cannot go this way; empty when they can
};

/// The JSON body of the hub's completion: each part's ETag, as its store gave it, in order.
std::string make_completion(const lfs_object& object, std::span<const std::string> etags);

/// What object stores take, so more of them is a fault.
inline constexpr std::size_t part_limit = 10'000;
/// An ETag is a digest and a number of parts in the wild; all of a plan's are kept until its completion.
inline constexpr std::size_t etag_limit = 128;

}  // namespace hfpipe::lfs

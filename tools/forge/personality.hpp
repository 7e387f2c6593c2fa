#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/oid.hpp"
#include "tools/forge/access.hpp"
#include "tools/forge/exchange.hpp"

namespace hfpipe::forge {

/// What the actions of one object in a batch reply are made of.
struct action_place {
  std::string repository_url;  ///< as this client reaches it, ends in `.git`
  std::string cdn_origin;
  std::string repository;  ///< owner/name
  std::string_view authorization;
  const secret& signing_key;
  std::int64_t now;
  std::int64_t url_lifetime;
};

/// Where the platforms differ: the words of their refusals and the shape of their LFS actions. A platform is one class
/// behind this one and one line in make_personality(); it keeps no state and is called from every thread.
class personality {
 public:
  virtual ~personality() = default;

  virtual reply refuse(access_rules::verdict why) const = 0;
  virtual reply no_such_repository(bool with_credentials) const = 0;

  virtual bool takes_batch_type(std::string_view content_type) const = 0;
  /// The value of "actions" for an object that can be downloaded.
  virtual boost::json::object download_actions(const action_place& place, const lfs_object& object) const = 0;
  /// The same for one that is missing here.
  virtual boost::json::object upload_actions(const action_place& place, const lfs_object& object) const = 0;
  /// The largest object that a GET without Range is answered for.
  virtual std::optional<byte_count> unranged_limit() const = 0;
};

/// Null for a name that does not exist.
std::unique_ptr<personality> make_personality(std::string_view name);

}  // namespace hfpipe::forge

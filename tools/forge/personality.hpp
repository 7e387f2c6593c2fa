#pragma once

#include <boost/json/array.hpp>
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
  std::int64_t token_lifetime;  ///< of credentials that the host makes for an action
  byte_count part_size;
};

/// Where the platforms differ: the words of their refusals and the shape of their LFS actions. A platform is one class
/// behind this one and one line in make_personality(); it keeps no state and is called from every thread.
class personality {
 public:
  virtual ~personality() = default;

  virtual reply refuse(access_rules::verdict why) const = 0;
  virtual reply no_such_repository(bool with_credentials) const = 0;

  /// Whether a call of the LFS API in these media types is answered.
  virtual bool takes_batch_type(std::string_view content_type, std::string_view accept) const = 0;
  /// The whole batch reply around its objects, but for its `transfer`.
  virtual boost::json::object batch_body(boost::json::array objects) const = 0;
  /// Whether an upload reply names what is here already.
  virtual bool names_what_is_present() const = 0;
  /// The value of "actions" for an object that can be downloaded.
  virtual boost::json::object download_actions(const action_place& place, const lfs_object& object) const = 0;
  /// The same for one that is missing here.
  virtual boost::json::object upload_actions(const action_place& place, const lfs_object& object) const = 0;
  /// The transfer by which it takes objects larger than a part; empty: none.
  virtual std::string_view parts_transfer() const = 0;
  /// The value of "actions" for an object that is to come in parts.
  virtual boost::json::object parts_actions(const action_place& place, const lfs_object& object) const = 0;
  /// Which bodies an upload may have: refuses those that the host's own store does.
  virtual bool takes_chunked_uploads() const = 0;
  /// The answer to an upload that was stored.
  virtual reply stored() const = 0;
  /// The first byte that an answer to a range from `from` begins with.
  virtual std::uint64_t first_of_range(std::uint64_t from) const = 0;
  /// The total that an answer to a range from `from` names, of an object of `total` bytes.
  virtual std::uint64_t total_of_range(std::uint64_t from, std::uint64_t total) const = 0;
  /// The largest object that a GET without Range is answered for.
  virtual std::optional<byte_count> unranged_limit() const = 0;
};

/// Null for a name that does not exist.
std::unique_ptr<personality> make_personality(std::string_view name);

}  // namespace hfpipe::forge

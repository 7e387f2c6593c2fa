#pragma once

#include <optional>
#include <vector>

#include "engine/blob_relay.hpp"
#include "engine/link_age.hpp"
#include "engine/patience.hpp"

namespace hfpipe {

/// A route and when its parts were asked for.
struct dated_route {
  blob_route route;
  moment received;
};

/// Asks both ends about objects, with patience. Every function throws when an end gives no answer for good: not a
/// matter of one object, so the whole step fails with it.
class blob_inquiry {
 public:
  /// All must outlive this.
  blob_inquiry(blob_ends ends, patience& retry) : ends_(ends), retry_(retry) {}

  /// What the target says about each, in order.
  task<std::vector<lfs::batch_entry>> ask_target(std::vector<lfs_object> objects);
  /// Where each lies at the source, in order.
  task<std::vector<lfs::batch_entry>> ask_source(std::vector<lfs_object> objects);
  /// Both, about one object.
  task<dated_route> ask_again(lfs_object object);

 private:
  blob_ends ends_;
  patience& retry_;
};

/// Whether the target has the object already.
bool is_present(const lfs::batch_entry& at_target);
/// Whether a part of the route should be asked for again before it is used.
bool is_expired(const dated_route& dated, const moment& now);
/// Whether fresh links may mend what broke a try by `dated`, so that it is made again at once.
/// A dead download link looks like a refusal or like a missing object, so the source is given the benefit of the doubt,
/// but without a date only once: `asked_anew` says that it was. At the target a date that passed excuses a refusal; or,
/// once, that the link came with a credential of its own and no date, as GitLab's do.
bool may_mend(const dated_route& dated, const failure& why, bool asked_anew, const moment& now);
/// Why this object cannot be copied by this route, in the words of the end that refuses it; nothing when it can.
/// errc::object_missing means that the source does not have it.
std::optional<failure> refusal_of(const blob_route& route);

}  // namespace hfpipe

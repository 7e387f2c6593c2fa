#pragma once

#include "engine/byte_budget.hpp"
#include "engine/events.hpp"
#include "engine/link_age.hpp"
#include "engine/resumed_source.hpp"
#include "engine/stream_terms.hpp"
#include "transports/endpoint.hpp"
#include "transports/rate_limit.hpp"

namespace hfpipe {

/// Between whom blobs travel. Both must outlive every relay.
struct blob_ends {
  blob_source& source;
  blob_target& target;
};

/// Where one object lies and where it goes, as both ends answered.
struct blob_route {
  lfs::batch_entry from;  ///< with a download action
  lfs::batch_entry to;    ///< with an upload action
};

/// How one try is made.
struct relay_terms {
  byte_count largest_buffer;
  unsigned attempt = 1;
  moment received = moment::now();           ///< when the links of the route were asked for
  connection_use use = connection_use::any;  ///< at the source
  resume_terms resume = {};
  rate_limit* pace = nullptr;  ///< of the bytes that leave; must outlive the relay
  stream_terms streams = {};   ///< by default one
};

/// Carries one object from end to end: THE PATH OF A BYTE. On return the target has stored exactly route.to.object; on
/// failure nothing new is visible there under that name.
/// A source that breaks off in the middle is resumed there while the upload stays open, by terms.resume. A large object
/// is read over several connections where that is faster, by terms.streams.
/// Tells blob_started, blob_progress, retrying and blob_finalising.
/// Cancelled: closes both ends. Costs at most terms.largest_buffer + connection_allowance + what the target needs for
/// this object, of `budget`, leased before anything is opened; more streams take what is free, by terms.streams.
task<> relay_blob(blob_ends ends, const blob_route& route, relay_terms terms, byte_budget& budget, observer& watcher);

}  // namespace hfpipe

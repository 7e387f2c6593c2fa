#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/blob_relay.hpp"

namespace hfpipe {

/// A thread that relays blobs, and the ends that are used there and nowhere else: what they do takes no lock.
struct blob_shard {
  asio::any_io_executor executor;
  blob_source& source;
  blob_target& target;
};

/// What a relay costs its thread while it runs: a large object moves bytes all the time, a small one mostly waits for
/// answers, and up to twelve times as many of them run.
unsigned relay_weight(byte_count object_size);
/// The first of those with the least to do. Precondition: not empty.
std::size_t least_loaded(std::span<const unsigned> loads);

/// Relays objects, each on the thread that has the least to do. Used on the run's own thread, which takes part.
class blob_shards {
 public:
  /// `own` are used on the run's thread. All must outlive this.
  blob_shards(blob_ends own, std::vector<blob_shard> others);

  /// As relay_blob(). What it tells arrives on this thread, before it ends.
  task<> relay(const blob_route& route, relay_terms terms, byte_budget& budget, observer& watcher);

 private:
  /// One relay's place on a thread.
  class place;

  blob_ends own_;
  std::vector<blob_shard> others_;
  std::vector<unsigned> loads_;  // the own thread's first, then the others'
};

}  // namespace hfpipe

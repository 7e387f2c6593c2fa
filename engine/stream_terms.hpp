#pragma once

#include <chrono>

#include "engine/stream_plan.hpp"
#include "engine/stream_shares.hpp"
#include "engine/thread_demand.hpp"
#include "protocol/byte_count.hpp"

namespace hfpipe {

/// An object below this is read over one stream: the others would hardly come up to speed.
inline constexpr byte_count one_stream_limit{8U << 20};

/// What an object's streams may take.
struct stream_terms {
  stream_shares* shares = nullptr;  ///< null: one stream
  byte_count room;                  ///< by how much each stream beyond the first widens the window
  byte_count connection;            ///< what its connection holds
  stream_pace pace = {};
  duration tick = std::chrono::milliseconds(50);
  /// A stream that holds the others up and gives less than a quarter of what their middle one does, for so long, is
  /// closed, and its range read on over a fresh connection. Connections of one host differ by ten times and more.
  duration slowness = std::chrono::seconds(3);
  byte_count from_size = one_stream_limit;  ///< smaller objects are read over one stream
  duration (*busy_time)() = thread_demand;  ///< of the thread that reads and sends
};

}  // namespace hfpipe

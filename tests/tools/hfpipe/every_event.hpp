#pragma once

#include <vector>

#include "engine/events.hpp"

namespace hfpipe::testing {

inline lfs_object blob(char digit, std::uint64_t size = 1000) {
  return {lfs_oid::from_hex(std::string(64, digit)).value(), byte_count(size)};
}

/// One of each kind, in the order of a run; failures carry `why`, words of servers `said`.
inline std::vector<any_event> every_event(const failure& why, const std::string& said) {
  return {event::step_started{event::step::listing},
          event::listed{3, 1},
          event::planned{2, 1, 0, 4, 0},
          event::compared{3, 1},
          event::pack_progress{byte_count(2048), 5, 10},
          event::blobs_found{13, byte_count(13000)},
          event::blobs_present{2, byte_count(2000)},
          event::blob_waits_for_memory{blob('a')},
          event::blob_started{blob('a'), 2},
          event::blob_progress{blob('a'), byte_count(500)},
          event::blob_finalising{blob('a')},
          event::blob_stored{blob('a')},
          event::blob_proven{blob('a')},
          event::blob_failed{blob('b'), why},
          event::retrying{said, 1, std::chrono::seconds(2), why},
          event::throttled{side::source, std::chrono::seconds(12)},
          event::limits_set{byte_count(30 << 20), 4.5},
          event::push_started{3, byte_count(4096)},
          event::push_progress{byte_count(1024)},
          event::target_said{said},
          event::warning{said}};
}

}  // namespace hfpipe::testing

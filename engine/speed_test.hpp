#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/generated_source.hpp"
#include "engine/speed_meter.hpp"
#include "engine/transfer.hpp"

namespace hfpipe {

/// How a way is measured; every member has a default.
struct speed_options {
  duration time = std::chrono::seconds(20);  ///< then what is under way is cut
  byte_count object_size{16U << 20};         ///< of generated objects
  byte_count most_written{1U << 30};         ///< they stay on the host: no more than that, however fast it is
  transfer_options transfer = {};            ///< widths, memory, retries and pace, as of a copy
};

/// Through which ends the bytes of a test go. A test calls nothing that could move a ref. All must outlive it.
struct speed_ends {
  blob_source& source;
  blob_target& target;
  std::vector<blob_shard> shards = {};
};

/// What was measured.
struct speed_result {
  std::uint64_t objects = 0;  ///< that arrived whole, each with the right SHA-256
  byte_count bytes;           ///< that moved, those of objects that were cut too
  duration took{};            ///< from the first question to the last byte, or to the cut
  std::uint64_t retries = 0;
  std::optional<failure> error;
};

/// Finds out whether `target` is there and may be seen. Fails as its list() does, tried again by options.retries.
task<> find_target(git_source& target, const transfer_options& options, observer& watcher);

/// The LFS objects that the newest commit of the source's default branch names (of its whole history where the source
/// cannot leave history out).
/// Fails with errc::object_missing where it names none, and as the source does.
task<std::vector<lfs_object>> objects_to_read(git_source& from, const transfer_options& options, observer& watcher);

/// Copies `objects` through `ends` exactly as a copy does, the largest first, until all have arrived or the time is
/// over. `meter` counts what moves. Does not throw `failed`, except when cancelled.
task<speed_result> measure_copy(speed_ends ends, std::vector<lfs_object> objects, speed_options options,
                                speed_meter& meter, observer& watcher);

/// Makes objects in `made`, which is what ends.source gives, and stores them at ends.target, some at a time until the
/// time is over or most_written is reached. Making them is not measured.
task<speed_result> measure_writing(speed_ends ends, generated_objects& made, speed_options options, speed_meter& meter,
                                   observer& watcher);

}  // namespace hfpipe

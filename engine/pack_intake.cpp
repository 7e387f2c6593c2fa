#include "engine/pack_intake.hpp"

#include <algorithm>
#include <optional>

#include "engine/piped_pack.hpp"
#include "protocol/git/push_dialogue.hpp"

namespace hfpipe {

namespace {

/// The most of a pack that is ever kept, however much memory there is: history beyond this is piped, not kept.
constexpr byte_count kept_limit = 32_MiB;

/// What one fetch told, and what is left of it.
struct first_reading {
  std::optional<kept_pack> kept;  ///< absent: it did not fit
  std::optional<pack_scan> scan;  ///< absent: the stream was dropped
  pack_size size;
};

pack_size size_of(const git::pack_progress& progress) {
  return {progress.bytes, progress.objects_total};
}

task<first_reading> read_and_keep(git_source& from, fetch_request request, const intake_terms& terms,
                                  walking_room& room, byte_budget& budget, observer& watcher) {
  auto arriving = co_await from.fetch(std::move(request));
  const git::walker_limits limits{terms.limits.walker, terms.limits.chain, !terms.can_filter};
  pack_walk walk(std::move(arriving), terms.format, limits, room, watcher);
  first_reading reading;
  reading.kept.emplace(budget, terms.limits.kept);
  for (;;) {
    const std::span<const std::byte> part = co_await walk.step();
    if (part.empty()) break;
    if (!reading.kept || reading.kept->append(part)) continue;
    reading.kept.reset();
    if (!terms.can_filter) continue;
    reading.size = size_of(walk.progress());
    co_return reading;
  }
  reading.scan = walk.finish();
  reading.size = {reading.scan->summary.bytes, reading.scan->summary.objects};
  co_return reading;
}

}  // namespace

intake_limits intake_limits_for(byte_count buffer_memory) {
  return {std::min(kept_limit, buffer_memory / 4), buffer_memory / 4, buffer_memory / 8};
}

task<pack_intake> take_in_pack(git_source& from, fetch_request request, intake_terms terms, byte_budget& budget,
                               observer& watcher) {
  // 1. admission: the walker's memory and the reading room are ours before anything is asked for
  walking_room room = co_await lease_walking_room(budget, terms.limits.walker);

  // 2. one fetch, walked and kept as it passes
  first_reading reading = co_await read_and_keep(from, request, terms, room, budget, watcher);

  // 3. what it could not tell, a reading without large blobs can; without a filter, one for what was missed
  const bool knows_all = reading.scan && (reading.scan->summary.unresolved == 0 || !terms.can_filter);
  if (!knows_all) {
    reading.scan = co_await look_through(from, request, terms, room, budget, watcher);
  } else {
    co_await look_again(from, request, terms, room, budget, *reading.scan, watcher);
  }
  accept_misses(reading.scan->summary, terms, watcher);

  // 4. where its bytes are
  pack_intake taken{nullptr, std::move(reading.scan->found), std::move(reading.scan->lfs_servers)};
  if (reading.kept) {
    taken.pack = std::make_unique<outgoing_kept_pack>(std::move(*reading.kept), reading.size);
  } else {
    taken.pack = std::make_unique<piped_pack>(from, std::move(request), terms.format, budget, reading.size);
  }
  co_return taken;
}

pack_intake empty_pack_intake(object_format format, byte_budget& budget) {
  const auto bytes = git::empty_pack(format);
  kept_pack kept(budget, byte_count(bytes.size()));
  kept.append(bytes);
  return {std::make_unique<outgoing_kept_pack>(std::move(kept), pack_size{}), {}, {}};
}

}  // namespace hfpipe

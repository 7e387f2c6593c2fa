#include "engine/pack_intake.hpp"

#include <algorithm>
#include <array>

#include "engine/leased_buffer.hpp"
#include "protocol/git/push_dialogue.hpp"

namespace hfpipe {

namespace {

/// One sideband packet carries at most 64 KiB; four of them make a step worth reporting.
constexpr byte_count read_room = 256_KiB;

/// The most of a pack that is ever kept, however much memory there is: history beyond this is piped, not kept.
constexpr byte_count kept_limit = 32_MiB;

/// More memory helps only below the limit that no memory lifts.
failure with_way_out(failure too_large, intake_limits limits) {
  if (limits.kept < kept_limit) return too_large;
  return std::move(too_large).hint("hfpipe keeps at most " + to_text(kept_limit) +
                                   " of history: copy fewer refs at a time with --refs");
}

}  // namespace

intake_limits intake_limits_for(byte_count buffer_memory) {
  return {std::min(kept_limit, buffer_memory / 4), buffer_memory / 4, buffer_memory / 8};
}

task<pack_intake> take_in_pack(git_source& from, fetch_request request, intake_terms terms, byte_budget& budget,
                               observer& watcher) {
  const intake_limits limits = terms.limits;

  // 1. admission: the walker's memory and the reading room are ours before anything is asked for
  const auto walker_room = co_await budget.take(limits.walker);
  leased_buffer room(co_await budget.take(read_room), read_room);

  // 2. one fetch, walked and kept as it passes
  const auto arriving = co_await from.fetch(std::move(request));
  git::walker_limits walker_limits{limits.walker, limits.chain};
  git::pack_walker walker(terms.format, walker_limits);
  kept_pack kept(budget, limits.kept);
  std::vector<lfs_object> found;
  for (;;) {
    const std::size_t arrived = co_await arriving->read_some(room.bytes());
    if (arrived == 0) break;
    const auto part = room.bytes().first(arrived);
    walker.feed(part).value();
    if (const auto added = kept.append(part); added.has_error()) throw failed(with_way_out(added.error(), limits));
    const auto fresh = walker.take_found();
    found.insert(found.end(), fresh.begin(), fresh.end());
    const auto progress = walker.progress();
    watcher.on(event::pack_progress{progress.bytes, progress.objects_walked, progress.objects_total});
  }

  // 3. nothing is believed before the pack's own end is right
  const git::pack_summary summary = walker.finish().value();
  refuse_missed_pointers(summary);
  co_return pack_intake{std::make_unique<outgoing_kept_pack>(std::move(kept)), summary, std::move(found)};
}

pack_intake empty_pack_intake(object_format format, byte_budget& budget) {
  const auto bytes = git::empty_pack(format);
  kept_pack kept(budget, byte_count(bytes.size()));
  kept.append(bytes).value();
  return {std::make_unique<outgoing_kept_pack>(std::move(kept)), {}, {}};
}

}  // namespace hfpipe

#include "engine/pack_scan.hpp"

#include <algorithm>

#include "engine/leased_buffer.hpp"

namespace hfpipe {

namespace {

/// One sideband packet carries at most 64 KiB; four of them make a step worth reporting.
constexpr byte_count read_room = 256_KiB;

/// Larger blobs are no pointers (git-lfs docs/spec.md: less than 1024 bytes).
constexpr std::string_view pointers_only = "blob:limit=1024";

}  // namespace

void refuse_missed_pointers(const git::pack_summary& summary) {
  if (summary.unresolved == 0) return;
  throw failed(
      failure(errc::walk_incomplete)
          .detail(std::to_string(summary.unresolved) + " small objects are deltas of bases that were too large to keep")
          .blame(side::source));
}

task<pack_scan> scan_pack(git_source& from, fetch_request request, intake_terms terms, byte_budget& budget,
                          observer& watcher) {
  const auto walker_room = co_await budget.take(terms.limits.walker);
  leased_buffer room(co_await budget.take(read_room), read_room);

  if (terms.can_filter) request.filter = pointers_only;
  request.ofs_delta = true;  // nothing of it is pushed, and deltas by offset are the cheaper ones to walk
  const auto arriving = co_await from.fetch(std::move(request));
  git::walker_limits walker_limits{terms.limits.walker, terms.limits.chain};
  git::pack_walker walker(terms.format, walker_limits);
  pack_scan scan;
  for (;;) {
    const std::size_t arrived = co_await arriving->read_some(room.bytes());
    if (arrived == 0) break;
    walker.feed(room.bytes().first(arrived)).value();
    const auto fresh = walker.take_found();
    scan.found.insert(scan.found.end(), fresh.begin(), fresh.end());
    const auto progress = walker.progress();
    watcher.on(event::pack_progress{progress.bytes, progress.objects_walked, progress.objects_total});
  }
  scan.summary = walker.finish().value();
  refuse_missed_pointers(scan.summary);
  co_return scan;
}

}  // namespace hfpipe

#include "engine/pack_scan.hpp"

#include <string>

#include "engine/each_once.hpp"

namespace hfpipe {

namespace {

/// Larger blobs are no pointers (git-lfs docs/spec.md: less than 1024 bytes).
constexpr std::string_view pointers_only = "blob:limit=1024";

/// A server that does not take a filter says so in an ERR, or its git dies without a word.
bool may_be_of_the_filter(const failure& why) {
  return why.code() == errc::remote_error || why.code() == errc::empty_reply;
}

task<pack_scan> walk_whole(git_source& from, fetch_request request, const intake_terms& terms, walking_room& room,
                           observer& watcher) {
  const git::walker_limits limits{terms.limits.walker, terms.limits.chain, request.filter.empty()};
  auto arriving = co_await from.fetch(std::move(request));
  pack_walk walk(std::move(arriving), terms.format, limits, room, watcher);
  co_await walk.run_out();
  co_return walk.finish();
}

}  // namespace

task<pack_scan> look_through(git_source& from, fetch_request request, intake_terms terms, walking_room& room,
                             byte_budget& budget, observer& watcher) {
  request.ofs_delta = true;  // nothing of it is pushed, and deltas by offset are the cheaper ones to walk
  if (terms.can_filter) {
    fetch_request filtered = request;
    filtered.filter = pointers_only;
    try {
      co_return co_await walk_whole(from, std::move(filtered), terms, room, watcher);
    } catch (const failed& refused) {
      if (!may_be_of_the_filter(refused.why())) throw;
    }
  }
  pack_scan scan = co_await walk_whole(from, request, terms, room, watcher);
  co_await look_again(from, std::move(request), std::move(terms), room, budget, scan, watcher);
  co_return scan;
}

task<> look_again(git_source& from, fetch_request request, intake_terms terms, walking_room& room, byte_budget& budget,
                  pack_scan& scan, observer& watcher) {
  if (scan.summary.unresolved == 0 || !scan.missed) co_return;
  const lease as_much_again = co_await budget.take(terms.limits.walker);
  const git::walker_limits limits{terms.limits.walker * 2, terms.limits.walker};
  auto arriving = co_await from.fetch(std::move(request));
  git::pack_walker walker(terms.format, limits, std::move(*scan.missed));
  scan.missed.reset();
  pack_walk walk(std::move(arriving), std::move(walker), room, watcher);
  co_await walk.run_out();
  const pack_scan rest = walk.finish();
  // A server may make another pack of the same objects; where its entries begin says nothing of the first.
  if (rest.summary.checksum != scan.summary.checksum) co_return;
  scan.found.insert(scan.found.end(), rest.found.begin(), rest.found.end());
  keep_each_once(scan.found);
  scan.summary.unresolved = rest.summary.unresolved;
}

void accept_misses(const git::pack_summary& summary, const intake_terms& terms, observer& watcher) {
  if (summary.unresolved == 0) return;
  const std::string count = std::to_string(summary.unresolved) + (summary.unresolved == 1 ? " object" : " objects");
  if (terms.allow_unscanned) {
    watcher.on(event::warning{count + " of the history could not be looked at: if there are LFS pointers among them, " +
                              "what they name was not copied"});
    return;
  }
  throw failed(failure(errc::walk_incomplete)
                   .detail(count + " that may be LFS pointers are deltas of bases too large to keep")
                   .blame(side::source));
}

task<pack_scan> scan_pack(git_source& from, fetch_request request, intake_terms terms, byte_budget& budget,
                          observer& watcher) {
  walking_room room = co_await lease_walking_room(budget, terms.limits.walker);
  pack_scan scan = co_await look_through(from, std::move(request), terms, room, budget, watcher);
  accept_misses(scan.summary, terms, watcher);
  co_return scan;
}

}  // namespace hfpipe

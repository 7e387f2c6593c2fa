// How fast a way is: a copy like any other, with an end that makes up objects or drops them.
//
//   reading    real source -> the whole path of a byte, proof included -> discarding_target
//   writing    generated_source -> the same -> real target

#include "engine/speed_test.hpp"

#include <algorithm>
#include <random>

#include "engine/blob_copy.hpp"
#include "engine/nursery.hpp"
#include "engine/pack_scan.hpp"
#include "engine/patience.hpp"

namespace hfpipe {

namespace {

using clock = std::chrono::steady_clock;

/// While some end, others begin: so many rounds of all transfers are made at once.
constexpr unsigned objects_for_each_transfer = 2;

/// Ends a nursery when the time is over.
task<> ring(duration after, bool& is_over) {
  co_await sleep_for(after);
  is_over = true;
  throw failed(failure(errc::cancelled));
}

/// The default branch; without one, some ref.
const ref_entry* newest_of(const git::ref_listing& listing) {
  const ref_entry* found = nullptr;
  for (const ref_entry& entry : listing.refs) {
    if (found == nullptr || (listing.default_branch && entry.name == *listing.default_branch)) found = &entry;
  }
  return found;
}

std::optional<failure> trouble_of(const lfs_totals& totals) {
  if (!totals.failed.empty()) return totals.failed.front().why;
  if (!totals.missing.empty()) return totals.missing.front().why;
  return std::nullopt;
}

}  // namespace

task<> find_target(git_source& target, const transfer_options& options, observer& watcher) {
  std::uint64_t retries = 0;
  patience tries(options.retries, watcher, retries, std::random_device()());
  watcher.on(event::step_started{event::step::listing});
  const auto ask = [&]() -> task<source_listing> { return target.list(); };
  [[maybe_unused]] const source_listing shown =
      co_await blaming(side::target, within("the target's refs", tries.persist_as_stranger("listing the target", ask)));
}

task<std::vector<lfs_object>> objects_to_read(git_source& from, const transfer_options& options, observer& watcher) {
  std::uint64_t retries = 0;
  patience tries(options.retries, watcher, retries, std::random_device()());
  watcher.on(event::step_started{event::step::listing});
  const auto ask = [&]() -> task<source_listing> { return from.list(); };
  const source_listing shown =
      co_await blaming(side::source, within("the source's refs", tries.persist_as_stranger("listing the source", ask)));
  const ref_entry* const newest = newest_of(shown.listing);
  if (newest == nullptr)
    throw failed(failure(errc::object_missing).detail("the repository is empty").blame(side::source));

  watcher.on(event::step_started{event::step::reading_history});
  fetch_request request;
  request.wants.push_back(newest->id);
  request.depth = shown.can_deepen ? 1 : 0;
  const intake_terms terms{shown.listing.format, shown.can_filter, true, intake_limits_for(options.buffer_memory)};
  byte_budget budget(options.buffer_memory);
  const auto scan = [&]() -> task<pack_scan> { return scan_pack(from, request, terms, budget, watcher); };
  pack_scan scanned = co_await blaming(side::source, within("history", tries.persist("reading the history", scan)));
  if (scanned.found.empty()) {
    throw failed(failure(errc::object_missing)
                     .detail(newest->name.text() + " names no LFS object")
                     .hint("name a repository with LFS objects")
                     .blame(side::source));
  }
  co_return std::move(scanned.found);
}

task<speed_result> measure_copy(speed_ends ends, std::vector<lfs_object> objects, speed_options options,
                                speed_meter& meter, observer& watcher) {
  speed_result result;
  lfs_totals totals;
  byte_budget budget(options.transfer.buffer_memory);
  bool is_over = false, is_done = false;
  const byte_count before = meter.bytes();
  watcher.on(event::step_started{event::step::copying_blobs});
  const auto began = clock::now();
  const auto copy = [&](nursery& beside) -> task<> {
    co_await beside.start(ring(options.time, is_over));
    co_await copy_blobs(ends.source, ends.target, std::move(objects), options.transfer, budget, watcher, result.retries,
                        totals, ends.shards);
    is_done = true;
    throw failed(failure(errc::cancelled));  // nobody waits for the bell
  };
  try {
    co_await nursery::run(1, copy);
  } catch (const failed& broken) {
    const bool was_stopped = broken.why().code() == errc::cancelled;
    if (was_stopped && !is_over && !is_done) throw;
    if (!was_stopped) result.error = broken.why();
  }
  result.took = clock::now() - began;
  result.objects = totals.sent;
  result.bytes = meter.bytes() - before;
  if (!result.error) result.error = trouble_of(totals);
  co_return result;
}

task<speed_result> measure_writing(speed_ends ends, generated_objects& made, speed_options options, speed_meter& meter,
                                   observer& watcher) {
  speed_result sum;
  const unsigned many = options.transfer.transfers * objects_for_each_transfer;
  for (byte_count written; !sum.error && sum.took < options.time && written < options.most_written;) {
    std::vector<lfs_object> objects;
    for (unsigned n = 0; n < many && written < options.most_written; ++n) {
      const byte_count size = std::min(options.object_size, options.most_written - written);
      lfs_object object = co_await made.add(size);
      objects.push_back(object);
      written += size;
    }
    speed_options left = options;
    left.time = options.time - sum.took;
    const speed_result round = co_await measure_copy(ends, std::move(objects), std::move(left), meter, watcher);
    sum.objects += round.objects;
    sum.bytes += round.bytes;
    sum.took += round.took;
    sum.retries += round.retries;
    sum.error = round.error;
  }
  co_return sum;
}

}  // namespace hfpipe

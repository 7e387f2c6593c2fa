// START HERE. The whole run, in the order of its effects: nothing on the target changes before step 5, no ref before
// step 6, and what is reported was read back from the target.
//
//   engine/preparation.cpp
//   1. what is where         list both sides
//   2. what should move      engine/ref_plan.cpp decides, engine/fast_forward.cpp where nothing is forced
//   3. may we write          an empty push, before anything is uploaded; and meanwhile
//   4. the pack              engine/pack_intake.cpp fetches, checks, keeps what fits; finds the LFS objects it names
//   here
//   5. blobs first           engine/blob_copy.cpp, each object through engine/blob_relay.cpp
//   6. then the refs         engine/ref_push.cpp pushes and reads back

#include "engine/transfer.hpp"

#include <algorithm>
#include <random>
#include <span>
#include <utility>

#include "engine/blob_copy.hpp"
#include "engine/lfs_verdict.hpp"
#include "engine/nursery.hpp"
#include "engine/preparation.hpp"
#include "engine/ref_push.hpp"
#include "engine/transfer_run.hpp"

namespace hfpipe {

namespace {

/// A source that moves faster than it can be read three times in a row is not going to stop.
constexpr unsigned most_rounds = 3;

void note_found(transfer_run& r, const std::vector<lfs_object>& found) {
  for (const lfs_object& blob : found) {
    ++r.result.lfs.objects;
    r.result.lfs.bytes += blob.size;
  }
  r.watcher.on(event::blobs_found{found.size(), r.result.lfs.bytes});
}

/// Tells what would be sent, by asking the target only for what it could serve.
task<> count_blobs(transfer_run& r, const std::vector<lfs_object>& found) {
  lfs_totals& totals = r.result.lfs;
  note_found(r, found);
  r.watcher.on(event::step_started{event::step::asking_for_blobs});
  // One batch at a time: an answer is a hundred times larger than what it says here.
  for (std::size_t from = 0; from < found.size(); from += lfs::batch_size) {
    const std::span<const lfs_object> some =
        std::span(found).subspan(from, std::min(lfs::batch_size, found.size() - from));
    const auto ask = [&]() -> task<std::vector<lfs::batch_entry>> {
      return r.ends.target_stored.locate({some.begin(), some.end()});
    };
    const auto entries =
        co_await blaming(side::target, within("LFS objects", r.tries.persist("asking the target", ask)));
    for (const lfs::batch_entry& entry : entries) {
      if (!entry.download) continue;
      ++totals.present;
      totals.present_bytes += entry.object.size;
    }
  }
  r.watcher.on(event::blobs_present{static_cast<std::size_t>(totals.present), totals.present_bytes});
}

/// Refs without their objects are an exception that is always told.
void warn_of_pointers_only(transfer_run& r, const std::vector<lfs_object>& found) {
  if (found.empty()) return;
  note_found(r, found);
  r.watcher.on(event::warning{"only pointers are copied: " + std::to_string(found.size()) + " LFS objects (" +
                              to_text(r.result.lfs.bytes) + ") stay behind"});
}

/// All steps, once.
task<> copy_listed(transfer_run& r) {
  // 1. to 4.
  std::optional<pack_intake> taken = co_await prepare(r);
  if (!taken) co_return;
  for (const std::string& each : taken->lfs_servers) r.watcher.on(event::warning{warning_of_server(each)});
  std::size_t left_behind = 0;
  if (r.options.lfs == lfs_mode::none) {
    left_behind = taken->found.size();
    warn_of_pointers_only(r, taken->found);
    taken->found.clear();
  }

  // 5. blobs first
  if (r.options.mode == run_mode::dry_run) {
    if (r.options.lfs != lfs_mode::none) co_await count_blobs(r, taken->found);
    co_return;
  }
  if (!taken->found.empty()) {
    r.watcher.on(event::step_started{event::step::copying_blobs});
    const std::uint64_t sent_before = r.result.lfs.sent;
    const byte_count sent_bytes_before = r.result.lfs.sent_bytes;
    co_await copy_blobs(r.ends.source_blobs, r.ends.target_blobs, std::move(taken->found), r.options, r.budget,
                        r.watcher, r.result.retries, r.result.lfs, r.ends.shards);
    // What an earlier round sent is no find of this one.
    r.result.lfs.present -= std::min(r.result.lfs.present, sent_before);
    r.result.lfs.present_bytes -= std::min(r.result.lfs.present_bytes, sent_bytes_before);
    if (auto broken = verdict_of(r.result.lfs, r.options.strict_lfs)) throw failed(std::move(*broken));
    if (auto missing = warning_of_missing(r.result.lfs)) r.watcher.on(event::warning{std::move(*missing)});
  }

  // 6. then the refs
  if (std::none_of(r.result.refs.begin(), r.result.refs.end(), is_to_move)) co_return;
  r.push_began = true;
  r.watcher.on(event::step_started{event::step::pushing});
  const auto mode = r.options.atomic ? git::atomicity::all_or_none : git::atomicity::each_ref_for_itself;
  push_terms terms{r.format, mode};
  terms.pace = r.options.pace;
  co_await blaming(side::target, within("push", push_refs(r.ends.target_git, r.result.refs, *taken->pack, terms,
                                                          r.tries, r.watcher)));
  if (auto why = warning_of_refused_pointers(r.result.refs, left_behind)) r.watcher.on(event::warning{std::move(*why)});
  r.note_size(*taken->pack);
}

/// Forgets what the round found, not what it sent.
void begin_again(transfer_run& r) {
  lfs_totals sent_so_far;
  sent_so_far.sent = r.result.lfs.sent;
  sent_so_far.sent_bytes = r.result.lfs.sent_bytes;
  r.result.lfs = std::move(sent_so_far);
  r.push_began = false;
  ++r.result.retries;
}

/// A source whose refs move while they are read is listed and planned again, also when a pack that did not fit is read
/// for the second time.
task<> copy_all(transfer_run& r) {
  for (unsigned rounds = 1;; ++rounds) {
    try {
      co_return co_await copy_listed(r);
    } catch (const failed& broken) {
      if (broken.why().code() != errc::ref_vanished || rounds == most_rounds) throw;
      r.watcher.on(event::warning{"the source moved a ref while it was being read: planning again"});
    }
    begin_again(r);
  }
}

/// A run that ended early leaves rows that nobody carried out; in a dry run that is what was asked for.
void close_rows(transfer_run& r) {
  if (r.options.mode == run_mode::dry_run && !r.result.error) return;
  for (ref_row& row : r.result.refs) {
    if (!is_to_move(row)) continue;
    row.status = ref_status::failed;
    row.reason = r.push_began ? "the run ended before the target's answer was known" : "the run ended before its push";
  }
}

}  // namespace

task<transfer_result> run_transfer(endpoints ends, transfer_options options, observer& watcher) {
  std::random_device entropy;
  transfer_run r{ends,
                 options,
                 watcher,
                 byte_budget(options.buffer_memory),
                 {},
                 counted_git_source(ends.source_git, r.result.pack.fetches),
                 patience(options.retries, watcher, r.result.retries, entropy())};
  // A nursery of one: what cancels this task ends the steps in our words, and waits until they have ended.
  const auto steps = [&](nursery&) -> task<> { return copy_all(r); };
  try {
    co_await nursery::run(1, steps);
  } catch (const failed& broken) {
    r.result.error = broken.why();
  }
  close_rows(r);
  if (!r.result.error) r.result.error = verdict_of(r.result.refs, options.strict);
  r.result.peak_buffer = r.budget.peak();
  co_return std::move(r.result);
}

}  // namespace hfpipe

// START HERE. The whole run, in the order of its effects: nothing on the target changes before step 5, no ref before
// step 6, and what is reported was read back from the target.
//
//   1. what is where         list both sides
//   2. what should move      engine/ref_plan.cpp decides, engine/fast_forward.cpp where nothing is forced
//   3. may we write          an empty push, before anything is uploaded
//   4. the pack              engine/pack_intake.cpp fetches, checks, keeps what fits; finds the LFS objects it names
//   5. blobs first           engine/blob_copy.cpp, each object through engine/blob_relay.cpp
//   6. then the refs         engine/ref_push.cpp pushes and reads back

#include "engine/transfer.hpp"

#include <algorithm>
#include <random>
#include <set>

#include "engine/blob_copy.hpp"
#include "engine/byte_budget.hpp"
#include "engine/common_history.hpp"
#include "engine/counted_git_source.hpp"
#include "engine/fast_forward.hpp"
#include "engine/nursery.hpp"
#include "engine/pack_intake.hpp"
#include "engine/patience.hpp"
#include "engine/ref_push.hpp"
#include "protocol/http/url.hpp"

namespace hfpipe {

namespace {

/// A source that moves faster than it can be read three times in a row is not going to stop.
constexpr unsigned most_rounds = 3;

/// What one run carries from step to step. Lives in run_transfer's frame.
struct run {
  endpoints ends;
  const transfer_options& options;
  observer& watcher;
  byte_budget budget;
  transfer_result result;
  counted_git_source packs;  // ends.source_git, for fetches
  patience tries;
  object_format format = object_format::sha1;
  bool push_began = false;
};

struct both_sides {
  source_listing source;
  target_listing target;
};

task<> list_source(run& r, source_listing& into) {
  const auto ask = [&]() -> task<source_listing> { return r.ends.source_git.list(); };
  into = co_await blaming(side::source,
                          within("the source's refs", r.tries.persist_as_stranger("listing the source", ask)));
}

task<> list_target(run& r, target_listing& into) {
  // What may be deleted is all that the default branch is asked for.
  const listed_refs what = r.options.refs.prune ? listed_refs::with_default_branch : listed_refs::alone;
  const auto ask = [&]() -> task<target_listing> { return r.ends.target_git.list(what); };
  into = co_await blaming(side::target,
                          within("the target's refs", r.tries.persist_as_stranger("listing the target", ask)));
}

task<both_sides> list_both(run& r) {
  r.watcher.on(event::step_started{event::step::listing});
  both_sides sides;
  const auto ask_both = [&](nursery& children) -> task<> {
    co_await children.start(list_source(r, sides.source));
    co_await children.start(list_target(r, sides.target));
  };
  co_await nursery::run(2, ask_both);
  r.watcher.on(event::listed{sides.source.listing.refs.size(), sides.target.listing.refs.size()});
  co_return sides;
}

/// A server that names no format uses sha1, also for a repository without refs.
void refuse_other_format(const both_sides& sides) {
  if (sides.source.listing.format == sides.target.listing.format) return;
  throw failed(failure(errc::object_format_mismatch)
                   .detail("the source uses " + std::string(to_text(sides.source.listing.format)) + ", the target " +
                           std::string(to_text(sides.target.listing.format)))
                   .blame(side::target));
}

/// All or none is a promise of the target's, so it is asked for before anything is uploaded.
void refuse_one_by_one(const target_listing& target) {
  if (target.can_atomic) return;
  throw failed(failure(errc::push_refused)
                   .detail("it cannot move all refs or none of them")
                   .hint("leave --atomic out")
                   .blame(side::target));
}

void tell_plan(run& r) {
  event::planned counts{};
  for (const ref_row& row : r.result.refs) {
    switch (row.action) {
      case ref_action::create:
        ++counts.creates;
        break;
      case ref_action::update:
        ++counts.updates;
        break;
      case ref_action::delete_:
        ++counts.deletes;
        break;
      case ref_action::up_to_date:
        ++counts.up_to_date;
        break;
      case ref_action::skip:
        ++counts.skipped;
        break;
    }
  }
  r.watcher.on(counts);
}

/// Wants: what moves and the target does not show. Haves: all that the target's refs show; its `.have` lines are left
/// out, because the LFS objects of other repositories' history need not be linked to this one.
fetch_request request_for(const std::vector<ref_row>& rows, const target_listing& target) {
  std::set<git_oid> shown;
  for (const ref_entry& entry : target.listing.refs) shown.insert(entry.id);
  std::set<git_oid> wanted;
  for (const ref_row& row : rows) {
    if (is_to_move(row) && row.new_id && !shown.contains(*row.new_id)) wanted.insert(*row.new_id);
  }
  fetch_request request;
  request.wants.assign(wanted.begin(), wanted.end());
  request.haves.assign(shown.begin(), shown.end());
  request.ofs_delta = target.takes_ofs_delta;
  return request;
}

intake_terms terms_for(const run& r, bool can_filter);

/// Where somebody committed on the target, its tips tell the source nothing. What is found comes first: of many haves
/// the last are left out.
task<> add_common_history(run& r, const source_listing& source, fetch_request& request) {
  if (r.ends.target_history == nullptr) co_return;
  history_question question{request.wants, unlisted_tips(r.result.refs, source.listing)};
  const intake_terms terms = terms_for(r, source.can_filter);
  git_source& target = *r.ends.target_history;
  const std::vector<git_oid> common =
      co_await find_common_history(r.ends.source_git, target, std::move(question), terms, r.budget, r.watcher);
  request.haves.insert(request.haves.begin(), common.begin(), common.end());
}

intake_terms terms_for(const run& r, bool can_filter) {
  // Where objects stay behind anyway, none that is not found is missed.
  const bool may_miss = r.options.allow_unscanned || r.options.lfs == lfs_mode::none;
  return {r.format, can_filter, may_miss, intake_limits_for(r.options.buffer_memory)};
}

void note_size(run& r, const outgoing_pack& pack) {
  const pack_size size = pack.size();
  r.result.pack.bytes = size.bytes;
  r.result.pack.objects = size.objects;
}

task<pack_intake> fetch_what_moves(run& r, const fetch_request& request, bool can_filter) {
  if (request.wants.empty()) co_return empty_pack_intake(r.format, r.budget);
  r.watcher.on(event::step_started{event::step::reading_pack});
  const intake_terms terms = terms_for(r, can_filter);
  const auto fetch = [&]() -> task<pack_intake> { return take_in_pack(r.packs, request, terms, r.budget, r.watcher); };
  pack_intake taken = co_await blaming(side::source, within("pack", r.tries.persist("fetching the pack", fetch)));
  note_size(r, *taken.pack);
  co_return taken;
}

/// All LFS objects that the planned refs reach, whatever the target shows.
task<std::vector<lfs_object>> scan_what_refs_reach(run& r, bool can_filter) {
  std::set<git_oid> wanted;
  for (const ref_row& row : r.result.refs) {
    if (row.new_id && row.action != ref_action::skip) wanted.insert(*row.new_id);
  }
  if (wanted.empty()) co_return std::vector<lfs_object>();
  r.watcher.on(event::step_started{event::step::reading_history});
  fetch_request request;
  request.wants.assign(wanted.begin(), wanted.end());
  const intake_terms terms = terms_for(r, can_filter);
  const auto scan = [&]() -> task<pack_scan> { return scan_pack(r.packs, request, terms, r.budget, r.watcher); };
  pack_scan scanned = co_await blaming(side::source, within("history", r.tries.persist("reading the history", scan)));
  co_return std::move(scanned.found);
}

void note_found(run& r, const std::vector<lfs_object>& found) {
  for (const lfs_object& blob : found) {
    ++r.result.lfs.objects;
    r.result.lfs.bytes += blob.size;
  }
  r.watcher.on(event::blobs_found{found.size(), r.result.lfs.bytes});
}

/// Tells what would be sent, by asking the target only for what it could serve.
task<> count_blobs(run& r, const std::vector<lfs_object>& found) {
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
void warn_of_pointers_only(run& r, const std::vector<lfs_object>& found) {
  if (found.empty()) return;
  note_found(r, found);
  r.watcher.on(event::warning{"only pointers are copied: " + std::to_string(found.size()) + " LFS objects (" +
                              to_text(r.result.lfs.bytes) + ") stay behind"});
}

/// A host that checks objects says only that some are missing.
void explain_refused_pointers(run& r, std::size_t pointers) {
  const auto speaks_of_objects = [](const ref_row& row) {
    return row.status == ref_status::rejected && row.reason.find("LFS") != std::string::npos;
  };
  if (pointers == 0 || std::none_of(r.result.refs.begin(), r.result.refs.end(), speaks_of_objects)) return;
  r.watcher.on(event::warning{"the target takes no pointer without its object, and what was to move names " +
                              std::to_string(pointers) + (pointers == 1 ? " LFS object" : " LFS objects") +
                              " that were left behind: copy them too, by --lfs new"});
}

/// What a `.lfsconfig` says is obeyed by every clone, whatever the target has.
void warn_of_servers(run& r, const std::set<std::string>& named) {
  for (const std::string& each : named) {
    const auto address = http::url::parse(each);
    r.watcher.on(event::warning{"an .lfsconfig of the history sends clones to " +
                                (address ? address->shown() : std::string("another server")) +
                                " for LFS objects, also clones of the target"});
  }
}

/// No ref may move while an object that the source should have is not on the target.
void refuse_incomplete_blobs(const lfs_totals& totals) {
  if (totals.failed.empty()) return;
  const blob_trouble& first = totals.failed.front();
  const side who = first.why.blamed();
  throw failed(failure(errc::blobs_incomplete)
                   .detail(std::to_string(totals.failed.size()) + " of " + std::to_string(totals.objects) +
                           " failed, first " + first.blob.oid.short_hex() + ": " + first.why.what())
                   .hint(std::string(first.why.hint()))
                   .blame(who));
}

/// A pointer without an object is as broken at the source; whether that stops the refs is the user's choice.
void weigh_missing(run& r) {
  const auto& missing = r.result.lfs.missing;
  if (missing.empty()) return;
  const std::string text = (missing.size() == 1 ? "1 LFS pointer names an object"
                                                : std::to_string(missing.size()) + " LFS pointers name objects") +
                           " that neither the source nor the target has, first " + missing.front().blob.oid.short_hex();
  if (r.options.strict_lfs) throw failed(failure(errc::object_missing).detail(text).blame(side::source));
  r.watcher.on(event::warning{text});
}

/// Steps 1 to 4. Nothing: there is nothing to move.
task<std::optional<pack_intake>> prepare(run& r) {
  // 1. what is where
  const both_sides sides = co_await list_both(r);
  if (sides.source.listing.refs.empty()) {
    r.watcher.on(event::warning{"the source is empty: nothing to copy"});
    co_return std::nullopt;
  }
  refuse_other_format(sides);
  r.format = sides.source.listing.format;

  // 2. what should move
  r.result.refs = plan_refs(sides.source.listing, sides.target, r.options.refs, r.options.host).value();
  const intake_terms terms = terms_for(r, sides.source.can_filter);
  co_await blaming(side::source,
                   within("history", refuse_rewinds(r.ends.source_git, r.result.refs, terms, r.budget, r.tries)));
  if (r.options.atomic) hold_together(r.result.refs);
  tell_plan(r);
  for (const std::string& idle : idle_patterns(sides.source.listing.refs, r.options.refs)) {
    r.watcher.on(event::warning{"no ref of the source fits " + idle});
  }
  const bool refs_move = std::any_of(r.result.refs.begin(), r.result.refs.end(), is_to_move);
  if (!refs_move && r.options.lfs != lfs_mode::all) co_return std::nullopt;

  // 3. may we write
  if (refs_move && r.options.atomic) refuse_one_by_one(sides.target);
  if (refs_move && r.options.mode == run_mode::copy) {
    r.watcher.on(event::step_started{event::step::asking_to_write});
    const auto ask = [&]() -> task<> { return r.ends.target_git.probe(); };
    co_await blaming(side::target, within("asking for write access", r.tries.persist("the empty push", ask)));
  }

  // 4. the pack, and the LFS objects it names
  fetch_request request = request_for(r.result.refs, sides.target);
  co_await add_common_history(r, sides.source, request);
  pack_intake taken = co_await fetch_what_moves(r, request, sides.source.can_filter);
  if (r.options.lfs == lfs_mode::all) taken.found = co_await scan_what_refs_reach(r, sides.source.can_filter);
  co_return taken;
}

/// All steps, once.
task<> copy_listed(run& r) {
  // 1. to 4.
  std::optional<pack_intake> taken = co_await prepare(r);
  if (!taken) co_return;
  warn_of_servers(r, taken->lfs_servers);
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
    refuse_incomplete_blobs(r.result.lfs);
    weigh_missing(r);
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
  explain_refused_pointers(r, left_behind);
  note_size(r, *taken->pack);
}

/// Forgets what the round found, not what it sent.
void begin_again(run& r) {
  lfs_totals sent_so_far;
  sent_so_far.sent = r.result.lfs.sent;
  sent_so_far.sent_bytes = r.result.lfs.sent_bytes;
  r.result.lfs = std::move(sent_so_far);
  r.push_began = false;
  ++r.result.retries;
}

/// A source whose refs move while they are read is listed and planned again, also when a pack that did not fit is read
/// for the second time.
task<> copy_all(run& r) {
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
void close_rows(run& r) {
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
  run r{ends,
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

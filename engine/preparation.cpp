#include "engine/preparation.hpp"

#include <algorithm>
#include <set>

#include "engine/common_history.hpp"
#include "engine/fast_forward.hpp"
#include "engine/nursery.hpp"

namespace hfpipe {

namespace {

struct both_sides {
  source_listing source;
  target_listing target;
};

task<> list_source(transfer_run& r, source_listing& into) {
  const auto ask = [&]() -> task<source_listing> { return r.ends.source_git.list(); };
  into = co_await blaming(side::source,
                          within("the source's refs", r.tries.persist_as_stranger("listing the source", ask)));
}

task<> list_target(transfer_run& r, target_listing& into) {
  // What may be deleted is all that the default branch is asked for.
  const listed_refs what = r.options.refs.prune ? listed_refs::with_default_branch : listed_refs::alone;
  const auto ask = [&]() -> task<target_listing> { return r.ends.target_git.list(what); };
  into = co_await blaming(side::target,
                          within("the target's refs", r.tries.persist_as_stranger("listing the target", ask)));
}

task<both_sides> list_both(transfer_run& r) {
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

void tell_plan(transfer_run& r) {
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

intake_terms terms_for(const transfer_run& r, bool can_filter) {
  // Where objects stay behind anyway, none that is not found is missed.
  const bool may_miss = r.options.allow_unscanned || r.options.lfs == lfs_mode::none;
  return {r.format, can_filter, may_miss, intake_limits_for(r.options.buffer_memory)};
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

/// Where somebody committed on the target, its tips tell the source nothing. What is found comes first: of many haves
/// the last are left out.
task<> add_common_history(transfer_run& r, std::vector<git_oid> tips, bool can_filter, fetch_request& request) {
  if (tips.empty()) co_return;
  history_question question{request.wants, std::move(tips)};
  const intake_terms terms = terms_for(r, can_filter);
  git_source& target = *r.ends.target_history;
  const std::vector<git_oid> common =
      co_await find_common_history(r.ends.source_git, target, std::move(question), terms, r.budget, r.watcher);
  request.haves.insert(request.haves.begin(), common.begin(), common.end());
}

task<pack_intake> fetch_what_moves(transfer_run& r, const fetch_request& request, bool can_filter) {
  if (request.wants.empty()) co_return empty_pack_intake(r.format, r.budget);
  r.watcher.on(event::step_started{event::step::reading_pack});
  const intake_terms terms = terms_for(r, can_filter);
  const auto fetch = [&]() -> task<pack_intake> { return take_in_pack(r.packs, request, terms, r.budget, r.watcher); };
  pack_intake taken = co_await blaming(side::source, within("pack", r.tries.persist("fetching the pack", fetch)));
  r.note_size(*taken.pack);
  co_return taken;
}

/// All LFS objects that the planned refs reach, whatever the target shows.
task<std::vector<lfs_object>> scan_what_refs_reach(transfer_run& r, bool can_filter) {
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

task<> ask_to_write(transfer_run& r, bool& may_write) {
  r.watcher.on(event::step_started{event::step::asking_to_write});
  const auto ask = [&]() -> task<> { return r.ends.target_git.probe(); };
  co_await blaming(side::target, within("asking for write access", r.tries.persist("the empty push", ask)));
  may_write = true;
}

struct taken_in {
  std::vector<git_oid> unlisted;  ///< what to ask the target about beside its refs
  std::optional<pack_intake> intake;
  bool may_write = false;
};

task<> take_in(transfer_run& r, const both_sides& sides, taken_in& so_far) {
  fetch_request request = request_for(r.result.refs, sides.target);
  co_await add_common_history(r, std::move(so_far.unlisted), sides.source.can_filter, request);
  pack_intake taken = co_await fetch_what_moves(r, request, sides.source.can_filter);
  if (r.options.lfs == lfs_mode::all) taken.found = co_await scan_what_refs_reach(r, sides.source.can_filter);
  so_far.intake = std::move(taken);
  // What is waited for from here on is that.
  if (!so_far.may_write) r.watcher.on(event::step_started{event::step::asking_to_write});
}

}  // namespace

task<std::optional<pack_intake>> prepare(transfer_run& r) {
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
  taken_in so_far;
  so_far.may_write = !refs_move || r.options.mode == run_mode::dry_run;  // else it is to be asked
  if (r.ends.target_history != nullptr) so_far.unlisted = unlisted_tips(r.result.refs, sides.source.listing);
  // What the target is asked about those waits as well until it is no longer busy.
  if (!so_far.may_write && !so_far.unlisted.empty()) co_await ask_to_write(r, so_far.may_write);

  // 4. the pack, and the LFS objects it names; reading changes nothing, so it need not wait for 3.
  const auto both = [&](nursery& children) -> task<> {
    if (!so_far.may_write) co_await children.start(ask_to_write(r, so_far.may_write));
    co_await children.start(take_in(r, sides, so_far));
  };
  co_await nursery::run(2, both);
  co_return std::move(so_far.intake);
}

}  // namespace hfpipe

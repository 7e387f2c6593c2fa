#include "engine/ref_push.hpp"

#include <algorithm>
#include <deque>

namespace hfpipe {

namespace {

/// A ref that moves faster than it can be pushed three times in a row is somebody else's.
constexpr unsigned most_races = 3;

void fail_planned(std::vector<ref_row>& rows, const std::string& reason) {
  for (ref_row& row : rows) {
    if (!is_to_move(row)) continue;
    row.status = ref_status::failed;
    row.reason = reason;
  }
}

std::vector<git::ref_command> commands_of(const std::vector<ref_row>& rows, const push_batch& batch,
                                          object_format format) {
  std::vector<git::ref_command> commands;
  for (const std::size_t i : batch) commands.push_back(command_of(rows[i], format));
  return commands;
}

/// One push and what became of it: a report, or why there is none.
struct push_end {
  std::optional<git::push_report> report;
  std::optional<failure> broke;

  const git::push_report* answer() const { return report ? &*report : nullptr; }
  const failure* end() const { return broke ? &*broke : nullptr; }
};

task<git::push_report> push_deletes(git_target& to, std::vector<git::ref_command> commands, observer& watcher) {
  watcher.on(event::push_started{commands.size(), {}});
  return to.push(std::move(commands), nullptr, {});
}

task<push_end> push_once(git_target& to, std::vector<git::ref_command> commands, outgoing_pack& pack, rate_limit* pace,
                         observer& watcher) {
  push_end end;
  const auto only_deletes = std::all_of(commands.begin(), commands.end(),
                                        [](const git::ref_command& command) { return command.new_id.is_zero(); });
  task<git::push_report> pushed =
      only_deletes ? push_deletes(to, std::move(commands), watcher) : pack.push(to, std::move(commands), pace, watcher);
  try {
    end.report = co_await std::move(pushed);
  } catch (const failed& broken) {
    end.broke = broken.why();
  }
  if (end.report) {
    for (const std::string& line : end.report->remote_lines) watcher.on(event::target_said{line});
  }
  co_return end;
}

struct queued_push {
  push_batch batch;
  bool is_part = false;  ///< of one that was refused as a whole
};

/// What push_refs() knows while it works.
struct pushing {
  git_target& to;
  std::vector<ref_row>& rows;
  push_terms terms;
  patience& tries;
  observer& watcher;
  std::deque<queued_push> queue;
  unsigned breaks = 0, races = 0, refused_pushes = 0;
};

task<ref_list> read_back(pushing& p) {
  p.watcher.on(event::step_started{event::step::checking});
  std::optional<failure> unreadable;
  const auto ask = [&]() -> task<target_listing> { return p.to.list(listed_refs::alone); };
  try {
    target_listing now = co_await p.tries.persist("reading the target's refs back", ask);
    co_return std::move(now.listing.refs);
  } catch (const failed& broken) {
    unreadable = broken.why();
  }
  fail_planned(p.rows, "the target's refs could not be read back");
  throw failed(*unreadable);
}

std::size_t count_in_place(const pushing& p, const push_batch& batch, const ref_list& now) {
  const auto is_there = [&](std::size_t i) { return is_in_place(p.rows[i], find_ref(now, p.rows[i].name)); };
  return static_cast<std::size_t>(std::count_if(batch.begin(), batch.end(), is_there));
}

/// What the target shows once it has come to rest: a front that gave up waiting does not stop the git behind it, which
/// goes on moving refs one by one.
task<ref_list> read_result(pushing& p, const push_batch& batch, const push_end& end) {
  ref_list now = co_await read_back(p);
  if (!end.broke) co_return now;
  for (std::size_t seen = count_in_place(p, batch, now); seen != 0 && seen != batch.size();) {
    co_await sleep_for(p.terms.look_again);
    now = co_await read_back(p);
    const std::size_t more = count_in_place(p, batch, now);
    if (more <= seen) break;
    seen = more;
  }
  co_return now;
}

/// Leaves `left_out` out and puts what is to be tried instead of `batch` before everything else.
void go_around(pushing& p, const push_batch& batch, const ref_list& now, const git::push_report& report) {
  after_refusal plan = plan_after_refusal(p.rows, batch, report, p.refused_pushes);
  judge_rows(p.rows, plan.left_out, now, &report, nullptr);
  for (auto part = plan.next.rbegin(); part != plan.next.rend(); ++part) p.queue.push_front({std::move(*part), true});
}

/// What of `batch` is still to move is tried again: after a wait when the push broke off, at once when refs moved.
task<> try_again(pushing& p, queued_push next, const push_end& end) {
  push_batch& batch = next.batch;
  std::erase_if(batch, [&](std::size_t i) { return !is_to_move(p.rows[i]); });
  if (batch.empty()) co_return;
  if (end.broke) {
    const bool again = co_await p.tries.wait("the push", ++p.breaks, *end.broke);
    if (!again) {
      fail_planned(p.rows, end.broke->what());
      throw failed(*end.broke);
    }
  } else if (++p.races > most_races) {
    for (const std::size_t i : batch) p.rows[i].status = ref_status::failed;
    co_return;
  }
  for (const std::size_t i : batch) {
    if (!p.rows[i].reason.empty()) p.watcher.on(event::warning{p.rows[i].name.text() + ": " + p.rows[i].reason});
  }
  p.queue.push_front(std::move(next));
}

task<> push_next(pushing& p, outgoing_pack& pack) {
  queued_push next = std::move(p.queue.front());
  p.queue.pop_front();
  push_batch& batch = next.batch;
  if (next.is_part && p.refused_pushes >= most_refused_pushes) reject_untried(p.rows, batch);
  reject_blocked(p.rows, batch);
  std::erase_if(batch, [&](std::size_t i) { return !is_to_move(p.rows[i]); });
  if (batch.empty()) co_return;

  std::vector<git::ref_command> commands = commands_of(p.rows, batch, p.terms.format);
  const push_end end = co_await push_once(p.to, std::move(commands), pack, p.terms.pace, p.watcher);
  if (end.broke && end.broke->code() == errc::cancelled) {
    fail_planned(p.rows, "stopped before the target's answer was known");
    throw failed(*end.broke);
  }
  const ref_list now = co_await read_result(p, batch, end);
  if (end.report && is_refused_as_a_whole(p.rows, batch, *end.report)) {
    ++p.refused_pushes;
    const bool may_divide = p.terms.mode == git::atomicity::each_ref_for_itself && batch.size() > 1;
    if (may_divide) {
      go_around(p, batch, now, *end.report);
      co_return;
    }
  }
  judge_rows(p.rows, batch, now, end.answer(), end.end());
  const auto did_fail = [&](std::size_t i) { return p.rows[i].status == ref_status::failed; };
  const bool is_over = end.broke && end.broke->cause() != cause::transient;
  if (is_over && std::any_of(batch.begin(), batch.end(), did_fail)) {
    fail_planned(p.rows, end.broke->what());
    throw failed(*end.broke);
  }
  co_await try_again(p, std::move(next), end);
}

}  // namespace

task<> push_refs(git_target& to, std::vector<ref_row>& rows, outgoing_pack& pack, push_terms terms, patience& tries,
                 observer& watcher) {
  pushing p{to, rows, terms, tries, watcher, {}};
  for (push_batch& batch : plan_pushes(rows, terms.mode)) p.queue.push_back({std::move(batch)});
  while (!p.queue.empty()) co_await push_next(p, pack);
  if (terms.mode == git::atomicity::all_or_none) co_return;
  for (std::string& line : settle_left_out(rows)) watcher.on(event::warning{std::move(line)});
}

bool is_refused_by_target(const ref_row& row) {
  const bool refused = row.status == ref_status::rejected || row.status == ref_status::skipped;
  return refused && row.action != ref_action::skip;
}

std::optional<failure> verdict_of(const std::vector<ref_row>& rows, bool strict) {
  const bool any_right =
      std::any_of(rows.begin(), rows.end(), [](const ref_row& row) { return row.status == ref_status::ok; });
  const auto gravity = [&](const ref_row& row) {
    switch (row.status) {
      case ref_status::rejected:
        // A refusal stays one however often the run is repeated, so it is told before what may pass; and what is only
        // the consequence of another ref's is told after that.
        return row.reason.find("atomic") == std::string::npos && !row.reason.starts_with("all refs or none") ? 4 : 3;
      case ref_status::failed:
        return 2;
      case ref_status::skipped:
        return strict || (!any_right && is_refused_by_target(row)) ? 1 : 0;
      case ref_status::planned:
      case ref_status::ok:
        break;
    }
    return 0;
  };
  const auto gravest = std::max_element(rows.begin(), rows.end(), [&](const ref_row& one, const ref_row& other) {
    return gravity(one) < gravity(other);
  });
  if (gravest == rows.end() || gravity(*gravest) == 0) return {};
  const auto many = std::count_if(rows.begin(), rows.end(), [&](const ref_row& row) { return gravity(row) != 0; });
  std::string text = gravest->name.text() + ": " + gravest->reason;
  if (many > 1) text = std::to_string(many) + " refs, first " + text;
  const errc code = gravest->status == ref_status::failed ? errc::ref_mismatch : errc::push_refused;
  failure why = failure(code).detail(std::move(text));
  if (gravest->status == ref_status::failed) return std::move(why).blame(side::target);
  if (gravest->status == ref_status::skipped && !is_refused_by_target(*gravest)) {
    return std::move(why).hint("--strict counts what is left out as refused; the result gives each ref's reason");
  }
  if (!is_refused_by_target(*gravest)) {
    return std::move(why).hint(
        "without force nothing on the target is thrown away; the result gives each ref's reason");
  }
  return std::move(why)
      .hint("the reasons are the target's own: change its rules, or leave the refs out with --refs ^REF")
      .blame(side::target);
}

}  // namespace hfpipe

#include "engine/ref_push.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace hfpipe {

namespace {

std::vector<git::ref_command> commands_of(const std::vector<ref_row>& rows, object_format format) {
  std::vector<git::ref_command> commands;
  for (const ref_row& row : rows) {
    if (is_to_move(row)) commands.push_back(command_of(row, format));
  }
  return commands;
}

void fail_row(ref_row& row, ref_status status, std::string reason) {
  row.status = status;
  row.reason = std::move(reason);
}

/// The target's refusals by ref. Borrows from the report.
class refusals {
 public:
  explicit refusals(const git::push_report* report) : report_(report) {
    if (report == nullptr) return;
    for (const git::ref_verdict& verdict : report->verdicts) {
      if (!verdict.accepted) by_name_.emplace(verdict.name.text(), &verdict);
    }
  }

  /// The target's words about `name`, or empty.
  std::string about(const ref_name& name) const {
    if (report_ == nullptr) return {};
    if (!report_->unpacked) return "the target could not take the pack: " + report_->unpack_error;
    const auto found = by_name_.find(name.text());
    return found == by_name_.end() ? std::string() : found->second->reason;
  }

 private:
  const git::push_report* report_;
  std::map<std::string_view, const git::ref_verdict*> by_name_;
};

bool is_in_place(const ref_row& row, const git_oid* shown) {
  if (row.action == ref_action::delete_) return shown == nullptr;
  return shown != nullptr && *shown == *row.new_id;
}

bool is_untouched(const ref_row& row, const git_oid* shown) {
  return row.old_id ? shown != nullptr && *shown == *row.old_id : shown == nullptr;
}

bool did_fail(const ref_row& row) {
  return row.status == ref_status::failed;
}

void fail_planned(std::vector<ref_row>& rows, const std::string& reason) {
  for (ref_row& row : rows) {
    if (is_to_move(row)) fail_row(row, ref_status::failed, reason);
  }
}

/// One push and what became of it: a report, or why there is none.
struct push_end {
  std::optional<git::push_report> report;
  std::optional<failure> broke;
};

task<git::push_report> push_deletes(git_target& to, std::vector<git::ref_command> commands, observer& watcher) {
  watcher.on(event::push_started{commands.size(), {}});
  return to.push(std::move(commands), nullptr, {});
}

task<push_end> push_once(git_target& to, std::vector<git::ref_command> commands, outgoing_pack& pack,
                         observer& watcher) {
  push_end end;
  const auto only_deletes = std::all_of(commands.begin(), commands.end(),
                                        [](const git::ref_command& command) { return command.new_id.is_zero(); });
  task<git::push_report> pushed =
      only_deletes ? push_deletes(to, std::move(commands), watcher) : pack.push(to, std::move(commands), watcher);
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

}  // namespace

task<> push_refs(git_target& to, std::vector<ref_row>& rows, outgoing_pack& pack, object_format format, patience& tries,
                 observer& watcher) {
  for (unsigned failures = 1;; ++failures) {
    const push_end end = co_await push_once(to, commands_of(rows, format), pack, watcher);
    if (end.broke && end.broke->code() == errc::cancelled) {
      fail_planned(rows, "stopped before the target's answer was known");
      throw failed(*end.broke);
    }

    std::optional<failure> unreadable;
    const auto read_back = [&]() -> task<target_listing> { return to.list(); };
    try {
      const target_listing now = co_await tries.persist("reading the target's refs back", read_back);
      judge_rows(rows, now.listing.refs, end.report ? &*end.report : nullptr, end.broke ? &*end.broke : nullptr);
    } catch (const failed& broken) {
      unreadable = broken.why();
    }
    if (unreadable) {
      fail_planned(rows, "the target's refs could not be read back");
      throw failed(*unreadable);
    }

    if (std::none_of(rows.begin(), rows.end(), is_to_move)) {
      if (end.broke && std::any_of(rows.begin(), rows.end(), did_fail)) throw failed(*end.broke);
      co_return;
    }
    const bool again = co_await tries.wait("the push", failures, *end.broke);
    if (!again) {
      fail_planned(rows, end.broke->what());
      throw failed(*end.broke);
    }
  }
}

void judge_rows(std::vector<ref_row>& rows, const ref_list& now, const git::push_report* report, const failure* broke) {
  const refusals refused(report);
  for (ref_row& row : rows) {
    if (!is_to_move(row)) continue;
    const git_oid* const shown = find_ref(now, row.name);
    const std::string refusal = refused.about(row.name);
    if (is_in_place(row, shown)) {
      row.status = ref_status::ok;
    } else if (!refusal.empty()) {
      fail_row(row, ref_status::rejected, refusal);
    } else if (!is_untouched(row, shown)) {
      fail_row(row, ref_status::failed, "somebody else moved it on the target during the run");
    } else if (broke == nullptr) {
      fail_row(row, ref_status::failed, "the target did not say no, and still shows the old value");
    } else if (broke->cause() != cause::transient) {
      fail_row(row, ref_status::failed, broke->what());
    }
  }
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
        return 3;  // a refusal stays one however often the run is repeated, so it is told before what may pass
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
  return failure(code).detail(std::move(text)).blame(side::target);
}

}  // namespace hfpipe

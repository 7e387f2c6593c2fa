#include "engine/push_plan.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/named_refs.hpp"

namespace hfpipe {

namespace {

bool is_branch_or_tag(const ref_name& name) {
  return name.starts_with("refs/heads/") || name.starts_with("refs/tags/");
}

void end_row(ref_row& row, ref_status status, std::string reason) {
  row.status = status;
  row.reason = std::move(reason);
}

template <std::size_t Size>
bool has_any(std::string_view words, const std::array<std::string_view, Size>& signs) {
  return std::any_of(signs.begin(), signs.end(), [&](std::string_view sign) { return words.find(sign) != words.npos; });
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

  /// The words after `ng`; empty without a refusal.
  std::string_view words_on(const ref_name& name) const {
    const auto found = by_name_.find(name.text());
    return found == by_name_.end() ? std::string_view() : std::string_view(found->second->reason);
  }

  /// Why `name` was refused, with what a hook said about it; empty without a refusal.
  std::string reason_for(const ref_name& name) const {
    if (report_ == nullptr) return {};
    if (!report_->unpacked) return "the target could not take the pack: " + report_->unpack_error;
    std::string reason(words_on(name));
    if (meaning_of(reason) != refusal::of_push || report_->remote_lines.empty()) return reason;
    return reason + ": " + in_short(report_->remote_lines);
  }

 private:
  const git::push_report* report_;
  std::map<std::string_view, const git::ref_verdict*> by_name_;
};

bool is_untouched(const ref_row& row, const git_oid* shown) {
  return row.old_id ? shown != nullptr && *shown == *row.old_id : shown == nullptr;
}

constexpr std::string_view overwritten = "somebody else moved it on the target during the run, and it is forced";

/// Somebody else moved it. What is forced is pushed over it; a delete is not, since nobody has seen what it would lose.
void follow(ref_row& row, const git_oid* shown) {
  if (row.action == ref_action::delete_ || row.divergence == on_divergence::refuse) {
    return end_row(row, ref_status::failed, "somebody else moved it on the target during the run");
  }
  row.action = shown != nullptr ? ref_action::update : ref_action::create;
  row.old_id = shown != nullptr ? std::optional(*shown) : std::nullopt;
  row.reason = overwritten;
}

void judge(ref_row& row, const git_oid* shown, const refusals& refused, const git::push_report* report,
           const failure* broke) {
  if (is_in_place(row, shown)) {
    row.status = ref_status::ok;
    if (row.reason != overwritten) row.reason.clear();
    return;
  }
  if (broke != nullptr && broke->cause() != cause::transient) return end_row(row, ref_status::failed, broke->what());
  if (!is_untouched(row, shown)) return follow(row, shown);
  if (broke != nullptr) return;
  const std::string reason = refused.reason_for(row.name);
  if (reason.empty()) {
    return end_row(row, ref_status::failed, "the target did not say no, and still shows the old value");
  }
  if (report == nullptr || !report->unpacked) return end_row(row, ref_status::rejected, reason);
  switch (meaning_of(refused.words_on(row.name))) {
    case refusal::of_old_value:
      row.reason = reason;
      return;
    case refusal::of_pack:
      return end_row(row, ref_status::failed, reason + ": something was deleted there during the run");
    case refusal::of_push:
    case refusal::of_ref:
      return end_row(row, ref_status::rejected, reason);
  }
}

bool is_named(const ref_name& name, const std::vector<named_ref>& named) {
  return std::any_of(named.begin(), named.end(), [&](const named_ref& one) { return one.means(name); });
}

std::string namespace_of(const ref_name& name) {
  const std::size_t slash = name.text().find('/', std::string_view("refs/").size());
  return name.text().substr(0, slash == std::string::npos ? slash : slash + 1);
}

}  // namespace

std::vector<push_batch> plan_pushes(const std::vector<ref_row>& rows, git::atomicity mode) {
  name_set fresh;
  for (const ref_row& row : rows) {
    if (is_to_move(row) && row.action == ref_action::create) fresh.insert(row.name.text());
  }
  push_batch first, with_pack, deletes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!is_to_move(rows[i])) continue;
    const bool deletes_it = rows[i].action == ref_action::delete_;
    const bool is_awaited = deletes_it && !nested_with(rows[i].name.text(), fresh).empty();
    const bool apart = deletes_it && mode == git::atomicity::each_ref_for_itself;
    (is_awaited ? first : apart ? deletes : with_pack).push_back(i);
  }
  std::vector<push_batch> pushes{std::move(first), std::move(with_pack), std::move(deletes)};
  std::erase_if(pushes, [](const push_batch& batch) { return batch.empty(); });
  return pushes;
}

refusal meaning_of(std::string_view words) {
  static constexpr std::array<std::string_view, 2> whole{"pre-receive hook declined", "unpacker error"};
  // Git before 2.50 says `failed to update ref` for all of them, and for what is no race; then the tries run out.
  static constexpr std::array<std::string_view, 9> moved{"failed to update ref",
                                                         "cannot lock ref",
                                                         "but expected",
                                                         "incorrect old value",
                                                         "reference already exists",
                                                         "reference does not exist",
                                                         "unable to resolve reference",
                                                         "fetch first",
                                                         "stale info"};
  static constexpr std::array<std::string_view, 1> lacking{"missing necessary objects"};
  if (has_any(words, whole)) return refusal::of_push;
  if (has_any(words, moved)) return refusal::of_old_value;
  return has_any(words, lacking) ? refusal::of_pack : refusal::of_ref;
}

bool is_refused_as_a_whole(const std::vector<ref_row>& rows, const push_batch& batch, const git::push_report& report) {
  // The same pack would come again: what could not be unpacked stays so.
  if (!report.unpacked) return false;
  const refusals refused(&report);
  return std::all_of(batch.begin(), batch.end(),
                     [&](std::size_t i) { return meaning_of(refused.words_on(rows[i].name)) == refusal::of_push; });
}

after_refusal plan_after_refusal(const std::vector<ref_row>& rows, const push_batch& batch,
                                 const git::push_report& report, unsigned refused_pushes) {
  if (refused_pushes >= most_refused_pushes) return {batch, {}};
  const std::vector<named_ref> named = refs_named_in(report.remote_lines);
  after_refusal plan;
  push_batch rest;
  for (const std::size_t i : batch) (is_named(rows[i].name, named) ? plan.left_out : rest).push_back(i);
  if (!rest.empty() && !plan.left_out.empty()) {
    plan.next.push_back(std::move(rest));
    return plan;
  }

  // All of it or nothing of it was named: only trying tells.
  plan.left_out.clear();
  const auto apart = [&](std::size_t i) { return is_branch_or_tag(rows[i].name); };
  push_batch ordered = batch;
  auto cut = std::stable_partition(ordered.begin(), ordered.end(), apart);
  const bool mixed = cut != ordered.begin() && cut != ordered.end();
  if (!mixed && ordered.size() <= most_single_pushes) {
    for (const std::size_t i : ordered) plan.next.push_back({i});
    return plan;
  }
  if (!mixed) cut = ordered.begin() + static_cast<std::ptrdiff_t>(ordered.size() / 2);
  plan.next = {push_batch(ordered.begin(), cut), push_batch(cut, ordered.end())};
  return plan;
}

bool is_in_place(const ref_row& row, const git_oid* shown) {
  if (row.action == ref_action::delete_) return shown == nullptr;
  return shown != nullptr && *shown == *row.new_id;
}

void judge_rows(std::vector<ref_row>& rows, const push_batch& batch, const ref_list& now,
                const git::push_report* report, const failure* broke) {
  const refusals refused(report);
  for (const std::size_t i : batch) {
    if (is_to_move(rows[i])) judge(rows[i], find_ref(now, rows[i].name), refused, report, broke);
  }
}

void reject_untried(std::vector<ref_row>& rows, const push_batch& batch) {
  for (const std::size_t i : batch) {
    if (!is_to_move(rows[i])) continue;
    end_row(rows[i], ref_status::rejected,
            "not tried alone: the target refused it together with others, and then " +
                std::to_string(most_refused_pushes) + " smaller pushes");
  }
}

void reject_blocked(std::vector<ref_row>& rows, const push_batch& batch) {
  name_set staying;
  for (const ref_row& row : rows) {
    if (row.action == ref_action::delete_ && !is_to_move(row) && row.status != ref_status::ok) {
      staying.insert(row.name.text());
    }
  }
  for (const std::size_t i : batch) {
    if (!is_to_move(rows[i]) || rows[i].action != ref_action::create) continue;
    const std::string blocker(nested_with(rows[i].name.text(), staying));
    if (!blocker.empty()) end_row(rows[i], ref_status::rejected, blocker + " is in its way and could not be deleted");
  }
}

std::vector<std::string> settle_left_out(std::vector<ref_row>& rows) {
  std::map<std::pair<std::string, std::string>, std::size_t> classes;
  for (ref_row& row : rows) {
    if (row.status != ref_status::rejected || row.action == ref_action::skip) continue;
    if (row.action != ref_action::delete_ && is_branch_or_tag(row.name)) continue;
    row.status = ref_status::skipped;
    const std::string what = row.action == ref_action::delete_ ? "deleting in " : "";
    ++classes[{what + namespace_of(row.name), row.reason}];
  }
  std::vector<std::string> lines;
  for (const auto& [which, many] : classes) {
    lines.push_back("left out " + std::to_string(many) + (many == 1 ? " ref, " : " refs, ") + which.first +
                    ": the target said '" + which.second + "'");
  }
  return lines;
}

}  // namespace hfpipe

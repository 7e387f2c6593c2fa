#include "engine/ref_plan.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace hfpipe {

namespace {

const std::vector<git::refspec>& default_refspecs() {
  static const std::vector<git::refspec> branches_and_tags{
      git::refspec::parse("+refs/heads/*:refs/heads/*").value(),
      git::refspec::parse("+refs/tags/*:refs/tags/*").value(),
  };
  return branches_and_tags;
}

/// What one name of the target shall become.
struct wish {
  const ref_entry* from;
  on_divergence divergence;
};

using wishes = std::map<ref_name, wish>;

failure clash(const ref_name& target, const ref_name& one, const ref_name& other) {
  return failure(errc::bad_refspec)
      .detail(one.text() + " and " + other.text() + " both become " + target.text() + " on the target")
      .hint("give refspecs that keep the two apart");
}

/// Adds what `spec` makes of `entry`, if anything. A later refspec does not change what an earlier one said.
outcome<void> add_wish(wishes& all, const git::refspec& spec, const ref_entry& entry, bool no_force) {
  const auto mapped = spec.map(entry.name);
  if (mapped.has_error()) return mapped.error();
  if (!mapped.value()) return {};
  const auto divergence = spec.is_forced() && !no_force ? on_divergence::overwrite : on_divergence::refuse;
  const auto [at, fresh] = all.try_emplace(*mapped.value(), wish{&entry, divergence});
  if (!fresh && at->second.from->name != entry.name) return clash(at->first, at->second.from->name, entry.name);
  return {};
}

/// A ref that is asked for by its whole name must be there; a pattern may match nothing.
outcome<void> refuse_unmatched_names(const ref_list& source, const std::vector<git::refspec>& specs) {
  for (const git::refspec& spec : specs) {
    if (spec.is_negative() || spec.text().find('*') != std::string::npos) continue;
    const auto matches = [&](const ref_entry& entry) { return spec.matches(entry.name); };
    if (std::any_of(source.begin(), source.end(), matches)) continue;
    return failure(errc::not_found)
        .detail("the source has no ref for " + spec.text())
        .hint("check the name with git ls-remote")
        .blame(side::source);
  }
  return {};
}

/// Only exclusions: they are taken from what is copied without any refspec.
std::vector<git::refspec> effective_refspecs(std::vector<git::refspec> specs) {
  const auto excludes = [](const git::refspec& spec) { return spec.is_negative(); };
  if (std::all_of(specs.begin(), specs.end(), excludes)) {
    specs.insert(specs.end(), default_refspecs().begin(), default_refspecs().end());
  }
  return specs;
}

bool is_excluded(const ref_name& source, const std::vector<git::refspec>& specs) {
  return std::any_of(specs.begin(), specs.end(),
                     [&](const git::refspec& spec) { return spec.is_negative() && spec.matches(source); });
}

outcome<wishes> collect_wishes(const ref_list& source, const std::vector<git::refspec>& specs, bool no_force) {
  if (const auto there = refuse_unmatched_names(source, specs); there.has_error()) return there.error();
  wishes all;
  for (const ref_entry& entry : source) {
    if (is_excluded(entry.name, specs)) continue;
    for (const git::refspec& spec : specs) {
      if (spec.is_negative()) continue;
      if (const auto added = add_wish(all, spec, entry, no_force); added.has_error()) return added.error();
    }
  }
  return all;
}

/// A valid source never asks for a branch and a folder of branches of one name, a mapping can.
outcome<void> refuse_nested_names(const wishes& all) {
  name_set names;
  for (const auto& [name, wanted] : all) names.insert(name.text());
  for (const auto& [name, wanted] : all) {
    const auto other = nested_with(name.text(), names);
    if (other.empty()) continue;
    return failure(errc::bad_refspec)
        .detail(std::string(other) + " and " + name.text() + " cannot both exist on the target")
        .hint("give refspecs that keep the two apart");
  }
  return {};
}

ref_row leave_out(ref_row row, ref_status status, std::string reason) {
  row.action = ref_action::skip;
  row.status = status;
  row.reason = std::move(reason);
  return row;
}

std::string hidden_reason(const host_rules& host) {
  return (host.name.empty() ? "the target" : host.name) + " keeps this namespace for itself";
}

ref_row decide(const ref_name& name, const wish& wanted, const git_oid* old_id, const host_rules& host) {
  ref_row row{name, ref_action::create, {}, wanted.from->id, ref_status::planned, {}, wanted.divergence};
  if (old_id != nullptr) row.old_id = *old_id;
  if (row.old_id == row.new_id) {
    row.action = ref_action::up_to_date;
    row.status = ref_status::ok;
    return row;
  }
  if (host.hides(name)) return leave_out(std::move(row), ref_status::skipped, hidden_reason(host));
  if (old_id == nullptr) return row;
  row.action = ref_action::update;
  if (wanted.divergence == on_divergence::refuse && name.starts_with("refs/tags/")) {
    return leave_out(std::move(row), ref_status::rejected, "the tag is there with another value, and is not forced");
  }
  return row;
}

/// Whether a refspec would make `there` of a source ref, had the source one of that name.
bool is_in_scope(const ref_name& there, const std::vector<git::refspec>& specs) {
  return std::any_of(specs.begin(), specs.end(), [&](const git::refspec& spec) {
    const auto source = spec.source_of(there);
    return source && !is_excluded(*source, specs);
  });
}

ref_row decide_to_delete(const ref_entry& there, const target_listing& target, const host_rules& host) {
  ref_row row{there.name, ref_action::delete_, there.id, {}, ref_status::planned, {}};
  if (host.hides(there.name)) return leave_out(std::move(row), ref_status::skipped, hidden_reason(host));
  if (target.listing.default_branch == there.name) {
    return leave_out(std::move(row), ref_status::skipped,
                     "it is the target's default branch, which no host deletes: make another one the default first");
  }
  if (!target.can_delete) return leave_out(std::move(row), ref_status::skipped, "the target takes no deletes");
  return row;
}

/// What a revision means is the source's to say.
outcome<std::vector<git::refspec>> refspecs_of(const ref_list& source, const ref_policy& policy) {
  if (policy.revision.empty()) return policy.refspecs;
  const bool is_whole = policy.revision.starts_with("refs/");
  for (const std::string folder : {"refs/heads/", "refs/tags/"}) {
    const std::string full = is_whole ? policy.revision : folder + policy.revision;
    const auto name = ref_name::parse(full);
    if (!name) return name.error();
    if (find_ref(source, *name) == nullptr) continue;
    const auto spec = git::refspec::parse("+" + full + ":" + full);
    if (!spec) return spec.error();
    return std::vector<git::refspec>(1, *spec);
  }
  return failure(errc::not_found)
      .detail(is_whole ? policy.revision : "neither a branch nor a tag " + policy.revision)
      .hint("leave the revision out, and --dry-run lists the source's branches and tags")
      .blame(side::source);
}

/// A new ref that has another in its way can only fail, so it is not sent.
void refuse_blocked(std::vector<ref_row>& rows, const ref_list& target) {
  name_set staying;
  for (const ref_entry& entry : target) staying.insert(entry.name.text());
  for (const ref_row& row : rows) {
    if (row.action == ref_action::delete_) staying.erase(row.name.text());
  }
  for (ref_row& row : rows) {
    if (row.action != ref_action::create || row.status != ref_status::planned) continue;
    const auto blocker = nested_with(row.name.text(), staying);
    if (blocker.empty()) continue;
    row = leave_out(std::move(row), ref_status::rejected,
                    std::string(blocker) + " is in its way on the target: delete that first");
  }
}

}  // namespace

std::vector<std::string> idle_patterns(const ref_list& source, const ref_policy& policy) {
  std::vector<std::string> idle;
  for (const git::refspec& spec : policy.refspecs) {
    const auto takes = [&](const ref_entry& entry) { return spec.matches(entry.name); };
    const bool is_pattern = !spec.is_negative() && spec.text().find('*') != std::string::npos;
    if (is_pattern && std::none_of(source.begin(), source.end(), takes)) idle.push_back(spec.text());
  }
  return idle;
}

void hold_together(std::vector<ref_row>& rows) {
  const auto stands_in_the_way = [](const ref_row& row) { return row.status == ref_status::rejected; };
  const auto first = std::find_if(rows.begin(), rows.end(), stands_in_the_way);
  if (first == rows.end()) return;
  const std::string reason = "all refs or none: " + first->name.text() + " is rejected";
  for (ref_row& row : rows) {
    if (is_to_move(row)) row = leave_out(std::move(row), ref_status::rejected, reason);
  }
}

std::string_view to_text(ref_action action) {
  constexpr std::array<std::string_view, 5> names{"create", "update", "delete", "up-to-date", "skip"};
  return names.at(static_cast<std::size_t>(action));
}

std::string_view to_text(ref_status status) {
  constexpr std::array<std::string_view, 5> names{"planned", "ok", "rejected", "skipped", "failed"};
  return names.at(static_cast<std::size_t>(status));
}

outcome<std::vector<ref_row>> plan_refs(const git::ref_listing& source, const target_listing& target,
                                        const ref_policy& policy, const host_rules& host) {
  const auto wanted = refspecs_of(source.refs, policy);
  if (wanted.has_error()) return wanted.error();
  const std::vector<git::refspec> specs = effective_refspecs(wanted.value());
  const auto all = collect_wishes(source.refs, specs, policy.no_force);
  if (all.has_error()) return all.error();
  if (const auto checked = refuse_nested_names(all.value()); checked.has_error()) return checked.error();

  if (const auto idle = idle_patterns(source.refs, policy); policy.prune && !source.refs.empty() && !idle.empty()) {
    return failure(errc::not_found)
        .detail("the source has no ref for " + idle.front() + ", so that all of the target's would be deleted")
        .hint("check the refspec; leave it out where the source dropped these refs and nothing shall be deleted")
        .blame(side::source);
  }

  const ref_list& there = target.listing.refs;
  std::vector<ref_row> rows;
  for (const auto& [name, wish] : all.value()) rows.push_back(decide(name, wish, find_ref(there, name), host));

  // Hosts take the first branch that is pushed as the repository's default.
  const auto comes_first = [&](const ref_row& row) {
    const auto wish = all.value().find(row.name);
    return source.default_branch && wish->second.from->name == *source.default_branch;
  };
  std::stable_partition(rows.begin(), rows.end(), comes_first);

  for (const ref_entry& entry : there) {
    if (!policy.prune || all.value().contains(entry.name) || !is_in_scope(entry.name, specs)) continue;
    rows.push_back(decide_to_delete(entry, target, host));
  }
  refuse_blocked(rows, there);
  return rows;
}

bool is_to_move(const ref_row& row) {
  return row.status == ref_status::planned &&
         (row.action == ref_action::create || row.action == ref_action::update || row.action == ref_action::delete_);
}

std::string_view nested_with(std::string_view name, const name_set& names) {
  for (std::size_t slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1)) {
    const auto folder = names.find(name.substr(0, slash));
    if (folder != names.end()) return *folder;
  }
  const std::string inside = std::string(name) + '/';
  const auto next = names.lower_bound(inside);
  return next != names.end() && next->starts_with(inside) ? *next : std::string_view();
}

git::ref_command command_of(const ref_row& row, object_format format) {
  return {row.name, row.old_id.value_or(git_oid::zero(format)), row.new_id.value_or(git_oid::zero(format))};
}

}  // namespace hfpipe

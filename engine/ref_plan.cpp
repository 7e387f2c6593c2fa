#include "engine/ref_plan.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>

namespace hfpipe {

namespace {

const std::vector<git::refspec>& default_refspecs() {
  static const std::vector<git::refspec> branches_and_tags{
      git::refspec::parse("+refs/heads/*:refs/heads/*").value(),
      git::refspec::parse("+refs/tags/*:refs/tags/*").value(),
  };
  return branches_and_tags;
}

enum class on_divergence { refuse, overwrite };

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
outcome<void> add_wish(wishes& all, const git::refspec& spec, const ref_entry& entry) {
  const auto mapped = spec.map(entry.name);
  if (mapped.has_error()) return mapped.error();
  if (!mapped.value()) return {};
  const auto divergence = spec.is_forced() ? on_divergence::overwrite : on_divergence::refuse;
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

outcome<wishes> collect_wishes(const ref_list& source, const std::vector<git::refspec>& specs) {
  if (const auto there = refuse_unmatched_names(source, specs); there.has_error()) return there.error();
  wishes all;
  for (const ref_entry& entry : source) {
    const auto excludes = [&](const git::refspec& spec) { return spec.is_negative() && spec.matches(entry.name); };
    if (std::any_of(specs.begin(), specs.end(), excludes)) continue;
    for (const git::refspec& spec : specs) {
      if (spec.is_negative()) continue;
      if (const auto added = add_wish(all, spec, entry); added.has_error()) return added.error();
    }
  }
  return all;
}

/// A name cannot be a branch and a folder of branches at once. A valid source never asks for that, a mapping can.
outcome<void> refuse_nested_names(const wishes& all) {
  std::unordered_set<std::string_view> names;
  for (const auto& [name, wanted] : all) names.insert(name.text());
  for (const auto& [name, wanted] : all) {
    const std::string_view text = name.text();
    for (std::size_t slash = text.find('/'); slash != text.npos; slash = text.find('/', slash + 1)) {
      if (!names.contains(text.substr(0, slash))) continue;
      return failure(errc::bad_refspec)
          .detail(std::string(text.substr(0, slash)) + " and " + name.text() + " cannot both exist on the target")
          .hint("give refspecs that keep the two apart");
    }
  }
  return {};
}

ref_row decide(const ref_name& name, const wish& wanted, const git_oid* old_id) {
  ref_row row{name, ref_action::create, {}, wanted.from->id, ref_status::planned, {}};
  if (old_id == nullptr) return row;
  row.old_id = *old_id;
  if (*old_id == wanted.from->id) {
    row.action = ref_action::up_to_date;
    row.status = ref_status::ok;
  } else if (wanted.divergence == on_divergence::refuse) {
    row.action = ref_action::skip;
    row.status = ref_status::skipped;
    row.reason = "the refspec has no '+', and an existing ref is only moved when that is forced";
  } else {
    row.action = ref_action::update;
  }
  return row;
}

}  // namespace

std::string_view to_text(ref_action action) {
  constexpr std::array<std::string_view, 5> names{"create", "update", "delete", "up-to-date", "skip"};
  return names.at(static_cast<std::size_t>(action));
}

std::string_view to_text(ref_status status) {
  constexpr std::array<std::string_view, 5> names{"planned", "ok", "rejected", "skipped", "failed"};
  return names.at(static_cast<std::size_t>(status));
}

outcome<std::vector<ref_row>> plan_refs(const ref_list& source, const ref_list& target,
                                        const std::optional<ref_name>& source_default_branch,
                                        const ref_policy& policy) {
  const auto all = collect_wishes(source, effective_refspecs(policy.refspecs));
  if (all.has_error()) return all.error();
  if (const auto checked = refuse_nested_names(all.value()); checked.has_error()) return checked.error();

  std::vector<ref_row> rows;
  for (const auto& [name, wanted] : all.value()) rows.push_back(decide(name, wanted, find_ref(target, name)));

  // Hosts take the first branch that is pushed as the repository's default.
  const auto comes_first = [&](const ref_row& row) {
    const auto wanted = all.value().find(row.name);
    return source_default_branch && wanted->second.from->name == *source_default_branch;
  };
  std::stable_partition(rows.begin(), rows.end(), comes_first);
  return rows;
}

bool is_to_move(const ref_row& row) {
  return row.status == ref_status::planned &&
         (row.action == ref_action::create || row.action == ref_action::update || row.action == ref_action::delete_);
}

std::vector<git::ref_command> commands_of(const std::vector<ref_row>& rows, object_format format) {
  std::vector<git::ref_command> commands;
  for (const ref_row& row : rows) {
    if (!is_to_move(row)) continue;
    commands.push_back(
        {row.name, row.old_id.value_or(git_oid::zero(format)), row.new_id.value_or(git_oid::zero(format))});
  }
  return commands;
}

}  // namespace hfpipe

#include "transports/local/ref_store.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "transports/local/object_walk.hpp"

namespace hfpipe::local {

namespace {

using iterator = std::unique_ptr<git_reference_iterator, released_by<git_reference_iterator_free>>;

/// What HEAD names, whether that exists or not.
std::string head_name(const repository& in) {
  git_reference* found = nullptr;
  const int result = git_reference_lookup(&found, in.get(), "HEAD");
  const reference head(found);
  if (result < 0 || git_reference_type(head.get()) != GIT_REFERENCE_SYMBOLIC) return {};
  return git_reference_symbolic_target(head.get());
}

/// What stands behind the name now: a value, nothing, or something that is no value.
struct shown_ref {
  std::optional<git_oid> id;
  bool is_symbolic = false;
};

shown_ref look_up(const repository& in, const ref_name& name) {
  git_reference* found = nullptr;
  const int result = git_reference_lookup(&found, in.get(), name.text().c_str());
  const reference held(found);
  if (result == GIT_ENOTFOUND) return {};
  check(result);
  if (git_reference_type(held.get()) == GIT_REFERENCE_SYMBOLIC) return {{}, true};
  return {to_ours(*git_reference_target(held.get())), false};
}

/// The transaction of one push, and why each command is refused.
class ref_move {
 public:
  ref_move(const repository& in, const stop_flag& stop) : in_(in), settings_(settings_of(in)), stop_(stop) {
    git_transaction* made = nullptr;
    check(git_transaction_new(&made, in.get()));
    locked_.reset(made);
  }

  /// Locks and judges; empty: it may be moved.
  std::string prepare(const git::ref_command& command) {
    leave_if(stop_);
    const std::string& name = command.name.text();
    if (std::string why = policy_against(command); !why.empty()) return why;
    if (git_transaction_lock_ref(locked_.get(), name.c_str()) < 0) {
      return "cannot lock ref: " + last_error(errc::file_failed).detail();
    }
    const shown_ref now = look_up(in_, command.name);
    if (now.is_symbolic) return "a symbolic ref cannot be pushed to";
    if (now.id.value_or(git_oid::zero(object_format::sha1)) != command.old_id) {
      return "incorrect old value: somebody else moved it";
    }
    const ::git_oid id = to_theirs(command.new_id);
    const int result = command.new_id.is_zero()
                           ? git_transaction_remove(locked_.get(), name.c_str())
                           : git_transaction_set_target(locked_.get(), name.c_str(), &id, nullptr, "push");
    return result < 0 ? last_error(errc::file_failed).detail() : std::string();
  }

  /// Empty, or why not.
  std::string carry_out() {
    return git_transaction_commit(locked_.get()) < 0 ? last_error(errc::file_failed).detail() : std::string();
  }

 private:
  std::string policy_against(const git::ref_command& command) {
    if (is_checked_out(command.name)) {
      const std::string rule = setting(*settings_, "receive.denycurrentbranch", "refuse");
      if (rule != "ignore" && rule != "warn" && rule != "false") return "branch is currently checked out";
    }
    if (command.new_id.is_zero()) {
      return is_set(*settings_, "receive.denydeletes") ? "deletion prohibited" : std::string();
    }
    if (command.old_id.is_zero() || !is_set(*settings_, "receive.denynonfastforwards")) return {};
    const ::git_oid before = to_theirs(command.old_id);
    const ::git_oid after = to_theirs(command.new_id);
    return git_graph_descendant_of(in_.get(), &after, &before) == 1 ? std::string() : "non-fast-forward";
  }

  /// In the repository's own working tree or in a linked one.
  bool is_checked_out(const ref_name& name) {
    if (git_repository_is_bare(in_.get()) == 0 && head_name(in_) == name.text()) return true;
    git_reference* found = nullptr;
    const int result = git_reference_lookup(&found, in_.get(), name.text().c_str());
    const reference held(found);
    return result == 0 && git_branch_is_checked_out(held.get()) == 1;
  }

  const repository& in_;
  configuration settings_;
  const stop_flag& stop_;
  ref_transaction locked_;
};

/// As git's receive-pack: a ref may only name what is whole. Empty, or why not.
std::string what_is_lacking(const repository& in, std::span<const git::ref_command> commands, byte_count list_limit,
                            const stop_flag& stop) {
  std::set<git_oid> wants;
  for (const git::ref_command& command : commands) {
    if (!command.new_id.is_zero()) wants.insert(command.new_id);
  }
  std::vector<git_oid> haves;
  for (const ref_entry& entry : list_refs(in, stop).refs) {
    wants.erase(entry.id);
    haves.push_back(entry.id);
  }
  if (wants.empty()) return {};
  const object_store store = objects_of(in);
  try {
    for (const ::git_oid& id : objects_between(in, {wants.begin(), wants.end()}, haves, {}, list_limit, stop)) {
      leave_if(stop);
      if (git_odb_exists(store.get(), &id) != 1) return "missing necessary objects: " + to_ours(id).hex();
    }
  } catch (const failed& broken) {
    if (broken.why().code() != errc::ref_vanished && broken.why().code() != errc::pack_corrupt) throw;
    return "missing necessary objects: " + broken.why().detail();
  }
  return {};
}

void follow_first_branch(const repository& in, const git::push_report& done) {
  if (git_repository_is_bare(in.get()) == 0 || git_repository_head_unborn(in.get()) != 1) return;
  for (const git::ref_verdict& verdict : done.verdicts) {
    if (!verdict.accepted || !verdict.name.starts_with("refs/heads/") || !look_up(in, verdict.name).id) continue;
    return name_default(in, verdict.name);
  }
}

git::push_report refuse_all(std::span<const git::ref_command> commands, const std::string& why) {
  git::push_report report{true, {}, {}, {}};
  for (const git::ref_command& command : commands) report.verdicts.push_back({command.name, false, why});
  return report;
}

}  // namespace

git::ref_listing list_refs(const repository& in, const stop_flag& stop) {
  git::ref_listing listing;
  git_reference_iterator* made = nullptr;
  check(git_reference_iterator_new(&made, in.get()));
  const iterator every(made);
  for (git_reference* next = nullptr;;) {
    leave_if(stop);
    const int result = git_reference_next(&next, every.get());
    if (result == GIT_ITEROVER) break;
    check(result);
    const reference read(next);
    git_reference* meant = nullptr;
    const int resolves = git_reference_resolve(&meant, read.get());
    const reference value(meant);
    const auto name = ref_name::parse(git_reference_name(read.get()));
    if (resolves == 0 && name) listing.refs.push_back({*name, to_ours(*git_reference_target(value.get()))});
  }
  listing.refs = sorted_refs(std::move(listing.refs)).value();
  if (const auto head = ref_name::parse(head_name(in)); head) listing.default_branch = *head;
  return listing;
}

git::push_report move_refs(const repository& in, std::span<const git::ref_command> commands, git::atomicity mode,
                           byte_count list_limit, const stop_flag& stop) {
  if (std::string lacking = what_is_lacking(in, commands, list_limit, stop); !lacking.empty())
    return refuse_all(commands, lacking);
  git::push_report report{true, {}, {}, {}};
  if (mode == git::atomicity::all_or_none) {
    ref_move all(in, stop);
    for (const git::ref_command& command : commands) {
      std::string why = all.prepare(command);
      if (why.empty()) continue;
      report = refuse_all(commands, "atomic push failed");
      for (git::ref_verdict& verdict : report.verdicts) {
        if (verdict.name == command.name) verdict.reason = why;
      }
      return report;
    }
    if (const std::string why = all.carry_out(); !why.empty()) return refuse_all(commands, why);
    for (const git::ref_command& command : commands) report.verdicts.push_back({command.name, true, {}});
  } else {
    for (const git::ref_command& command : commands) {
      ref_move one(in, stop);
      std::string why = one.prepare(command);
      if (why.empty()) why = one.carry_out();
      report.verdicts.push_back({command.name, why.empty(), why});
    }
  }
  follow_first_branch(in, report);
  return report;
}

void name_default(const repository& in, const ref_name& branch) {
  check(git_repository_set_head(in.get(), branch.text().c_str()));
}

}  // namespace hfpipe::local

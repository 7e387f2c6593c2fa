#include "transports/local/object_walk.hpp"

#include <charconv>
#include <cstring>
#include <unordered_set>

#include "transports/local/memory_limits.hpp"

namespace hfpipe::local {

namespace {

struct id_hash {
  std::size_t operator()(const ::git_oid& id) const {
    std::size_t front = 0;
    std::memcpy(&front, id.id, sizeof(front));
    return front;
  }
};
struct id_equal {
  bool operator()(const ::git_oid& one, const ::git_oid& other) const { return git_oid_equal(&one, &other) != 0; }
};

class object_walk {
 public:
  object_walk(const repository& in, const object_filter& filter, byte_count most, const stop_flag& stop)
      : in_(in), store_(objects_of(in)), filter_(filter), most_(most), stop_(stop) {
    git_revwalk* made = nullptr;
    check(git_revwalk_new(&made, in_.get()));
    commits_.reset(made);
  }

  void hide(const git_oid& have) {
    const ::git_oid id = to_theirs(have);
    if (git_odb_exists(store_.get(), &id) == 1) take(id, use::hidden);
  }

  void want(const git_oid& wanted) {
    const ::git_oid id = to_theirs(wanted);
    if (git_odb_exists(store_.get(), &id) != 1) {
      throw failed(failure(errc::ref_vanished).detail("the object " + wanted.hex() + " is not there"));
    }
    take(id, use::sent);
  }

  /// At most so many commits, and what they hold.
  void stop_after(std::size_t commits) { most_commits_ = commits; }

  std::vector<::git_oid> finish() {
    for (::git_oid id; !most_commits_ || history_.size() < *most_commits_;) {
      leave_if(stop_);
      const int result = git_revwalk_next(&id, commits_.get());
      if (result == GIT_ITEROVER) break;
      check(result, errc::pack_corrupt);
      if (!note(id)) continue;
      history_.push_back(id);
      if (!filter_.commits_only) take_tree(tree_of(id), use::sent);
    }
    history_.insert(history_.end(), trees_.begin(), trees_.end());
    history_.insert(history_.end(), blobs_.begin(), blobs_.end());
    return std::move(history_);
  }

 private:
  enum class use { sent, hidden };

  /// Whether it was not seen before.
  /// Fails with errc::budget_exceeded where the list takes more than `most_`.
  bool note(const ::git_oid& id) {
    if (!seen_.insert(id).second) return false;
    if (cost_per_listed * seen_.size() > most_) {
      throw failed(failure(errc::budget_exceeded)
                       .detail("the list of more than " + std::to_string(seen_.size() - 1) +
                               " objects takes more than " + to_text(most_) + ", which are set aside for it")
                       .hint("give more --max-buffer-memory: a million objects need 540MiB"));
    }
    return true;
  }

  git_object_t type_of(const ::git_oid& id) const {
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    check(git_odb_read_header(&size, &type, store_.get(), &id), errc::pack_corrupt);
    return type;
  }

  ::git_oid tree_of(const ::git_oid& of) const {
    git_commit* read = nullptr;
    check(git_commit_lookup(&read, in_.get(), &of), errc::pack_corrupt);
    const commit held(read);
    return *git_commit_tree_id(held.get());
  }

  /// A ref's object: through tags of tags, down to what they mean.
  void take(::git_oid id, use how) {
    for (;;) {
      leave_if(stop_);
      switch (type_of(id)) {
        case GIT_OBJECT_TAG: {
          if (note(id) && how == use::sent) history_.push_back(id);
          git_tag* read = nullptr;
          check(git_tag_lookup(&read, in_.get(), &id), errc::pack_corrupt);
          const tag held(read);
          id = *git_tag_target_id(held.get());
          continue;
        }
        case GIT_OBJECT_COMMIT:
          if (how == use::sent) {
            check(git_revwalk_push(commits_.get(), &id), errc::pack_corrupt);
          } else {
            check(git_revwalk_hide(commits_.get(), &id), errc::pack_corrupt);
            if (!filter_.commits_only) take_tree(tree_of(id), how);
          }
          return;
        case GIT_OBJECT_TREE:
          if (!filter_.commits_only) take_tree(id, how);
          return;
        default:
          if (!filter_.commits_only) take_blob(id, how);
          return;
      }
    }
  }

  void take_blob(const ::git_oid& id, use how) {
    if (!note(id) || how == use::hidden) return;
    if (filter_.blob_limit) {
      std::size_t size = 0;
      git_object_t type = GIT_OBJECT_INVALID;
      check(git_odb_read_header(&size, &type, store_.get(), &id), errc::pack_corrupt);
      if (byte_count(size) >= *filter_.blob_limit) return;
    }
    blobs_.push_back(id);
  }

  void take_tree(const ::git_oid& top, use how) {
    std::vector<::git_oid> open{top};
    while (!open.empty()) {
      leave_if(stop_);
      const ::git_oid id = open.back();
      open.pop_back();
      if (!note(id)) continue;
      if (how == use::sent) trees_.push_back(id);
      git_tree* read = nullptr;
      check(git_tree_lookup(&read, in_.get(), &id), errc::pack_corrupt);
      const tree held(read);
      for (std::size_t i = 0; i < git_tree_entrycount(held.get()); ++i) {
        const git_tree_entry* entry = git_tree_entry_byindex(held.get(), i);
        const git_object_t type = git_tree_entry_type(entry);
        if (type == GIT_OBJECT_TREE) open.push_back(*git_tree_entry_id(entry));
        if (type == GIT_OBJECT_BLOB) take_blob(*git_tree_entry_id(entry), how);
        // A commit here is a submodule's: another repository's object.
      }
    }
  }

  const repository& in_;
  object_store store_;
  object_filter filter_;
  std::optional<std::size_t> most_commits_;
  byte_count most_;
  const stop_flag& stop_;
  revision_walk commits_;
  std::unordered_set<::git_oid, id_hash, id_equal> seen_;
  std::vector<::git_oid> history_, trees_, blobs_;
};

}  // namespace

outcome<object_filter> read_filter(std::string_view text) {
  constexpr std::string_view limit = "blob:limit=";
  object_filter filter;
  if (text.empty()) return filter;
  if (text == "tree:0") {
    filter.commits_only = true;
    return filter;
  }
  std::uint64_t bytes = 0;
  const char* const end = text.data() + text.size();
  if (text.starts_with(limit)) {
    const auto [stopped, error] = std::from_chars(text.data() + limit.size(), end, bytes);
    if (error == std::errc() && stopped == end) {
      filter.blob_limit = byte_count(bytes);
      return filter;
    }
  }
  return failure(errc::bad_option).detail("a local repository knows no such filter");
}

std::vector<::git_oid> objects_between(const repository& in, const std::vector<git_oid>& wants,
                                       const std::vector<git_oid>& haves, const object_filter& filter, byte_count most,
                                       const stop_flag& stop) {
  object_walk walk(in, filter, most, stop);
  for (const git_oid& have : haves) walk.hide(have);
  for (const git_oid& want : wants) walk.want(want);
  return walk.finish();
}

std::vector<::git_oid> newest_history(const repository& in, const std::vector<git_oid>& wants, unsigned depth,
                                      const object_filter& filter, byte_count most, const stop_flag& stop) {
  object_walk walk(in, filter, most, stop);
  walk.stop_after(wants.size() * depth);
  for (const git_oid& want : wants) walk.want(want);
  return walk.finish();
}

std::vector<git_oid> those_in(const repository& in, const std::vector<git_oid>& asked, const stop_flag& stop) {
  const object_store store = objects_of(in);
  std::vector<git_oid> there;
  for (const git_oid& each : asked) {
    leave_if(stop);
    const ::git_oid id = to_theirs(each);
    if (git_odb_exists(store.get(), &id) == 1) there.push_back(each);
  }
  return there;
}

}  // namespace hfpipe::local

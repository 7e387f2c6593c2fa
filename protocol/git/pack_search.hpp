#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "protocol/git/pack_entry.hpp"
#include "protocol/oid.hpp"

namespace hfpipe::git {

/// Of a walk that names commits: so many at the most, the first in the pack.
struct commit_quota {
  std::size_t most;
};

/// What a walk looks for in a pack's objects, and what it has found: LFS pointers (and the servers that files like
/// .lfsconfig name), or a commit with a certain parent, or the names of the first commits.
class pack_search {
 public:
  /// The servers that are kept, each once.
  static constexpr std::size_t most_servers = 4;

  /// For pointers.
  explicit pack_search(object_format format) : format_(format) {}
  pack_search(object_format format, git_oid parent) : format_(format), parent_(parent) {}
  pack_search(object_format format, commit_quota quota) : format_(format), commits_left_(quota.most) {}

  /// The type of what is looked for.
  object_type candidates() const { return for_pointers() ? object_type::blob : object_type::commit; }
  /// Whether an object of this size may be it.
  bool fits(std::uint64_t size) const;
  /// Whether one that begins so may be it.
  bool may_begin(std::byte first) const;

  /// Looks at a whole object of the type. Precondition: its size fits.
  void look_at(std::span<const std::byte> content);
  /// Looks whether a blob of any size names an LFS server.
  void look_for_server(std::span<const std::byte> blob);

  /// Found since the last call, in the order in which it was looked at, each as often as a pointer names it; size-0
  /// pointers are left out.
  std::vector<lfs_object> take_found();
  std::vector<git_oid> take_commits();
  const std::set<std::string>& lfs_servers() const { return servers_; }
  bool met_child() const { return met_child_; }

 private:
  bool for_pointers() const { return !parent_ && !commits_left_; }

  object_format format_;
  std::optional<git_oid> parent_;            // looked for are its children
  std::optional<std::size_t> commits_left_;  // so many more are named
  bool met_child_ = false;
  std::vector<lfs_object> found_;
  std::vector<git_oid> commits_;
  std::set<std::string> servers_;
};

}  // namespace hfpipe::git

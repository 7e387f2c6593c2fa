#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/soak/dice.hpp"
#include "tests/support/git_repository.hpp"

namespace hfpipe::testing {

/// A source repository that somebody works on: branches that grow, merge, are thrown back and deleted, tags of both
/// kinds, and LFS objects: empty, small, large, shared by several files.
class random_history {
 public:
  random_history(git_repository where, std::uint64_t seed) : where_(std::move(where)), dice_(seed) {}

  /// A day's work: at least one ref moves.
  void grow();

  const std::map<std::string, std::string>& refs() const { return refs_; }
  /// The objects that the history of `id` names; `id` is what some ref once was at.
  const std::set<lfs_object>& needs(const std::string& id) const { return needs_.at(id); }

 private:
  std::string some_files(std::set<lfs_object>& needs);
  lfs_object some_object();

  git_repository where_;
  dice dice_;
  std::map<std::string, std::string> refs_;
  std::map<std::string, std::set<lfs_object>> needs_;
  std::vector<lfs_object> known_;
  unsigned serial_ = 0;
};

}  // namespace hfpipe::testing

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "protocol/secret.hpp"
#include "tools/forge/git_process.hpp"

namespace hfpipe::forge {

/// Where a mirror of this host's pulls.
struct pull_from {
  std::string url;  ///< without user and password
  std::string user;
  secret password;
};

struct pull_status {
  std::string state = "none";  ///< GitLab's words: none, scheduled, started, finished, failed
  std::string started;
  std::string ended;
  std::string succeeded;
  std::string error;
};

/// What a host knows of its repositories beside their Git and LFS data. Every function may be called from any thread.
class hosted_repositories {
 public:
  /// What is below the root without having been created here is public or not, all of it.
  hosted_repositories(std::filesystem::path root, bool all_public, running_git& children)
      : root_(std::move(root)), all_public_(all_public), children_(children) {}

  bool has(const std::string& name) const;
  /// Whether anything may be created below it.
  bool has_owner(const std::string& owner) const;
  /// Makes an empty bare repository; false when it is there.
  bool create(const std::string& name, bool is_public);

  bool is_public(const std::string& name) const;
  void set_public(const std::string& name, bool is_public);
  /// What HEAD names, short.
  std::string default_branch(const std::string& name) const;
  /// False when there is no such branch.
  bool set_default_branch(const std::string& name, const std::string& branch);

  /// A number that stays the same for one name.
  std::int64_t number_of(const std::string& name);
  std::optional<std::string> name_of(std::int64_t number) const;

  void set_mirror(const std::string& name, pull_from from);
  std::optional<pull_from> mirror_of(const std::string& name) const;
  pull_status status(const std::string& name) const;
  /// Fetches with git, and the LFS objects with git-lfs, whose failure is swallowed as hosts swallow it.
  /// The words of what went wrong; empty: nothing.
  std::string pull_now(const std::string& name);
  /// The same in a thread of its own: scheduled for a moment, then started, then finished or failed.
  void pull_later(const std::string& name);

 private:
  std::filesystem::path folder(const std::string& name) const { return root_ / (name + ".git"); }
  std::string next_time();

  std::filesystem::path root_;
  bool all_public_;
  running_git& children_;
  mutable std::mutex guard_;
  std::map<std::string, bool> public_;
  std::map<std::string, std::int64_t> numbers_;
  std::map<std::string, pull_from> mirrors_;
  std::map<std::string, pull_status> states_;
  std::int64_t last_time_ = 0;
};

}  // namespace hfpipe::forge

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/git_repository.hpp"
#include "tests/support/hfpipe_run.hpp"
#include "tests/support/nginx_process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace hfpipe::testing {

struct nginx_story_setup {
  nginx_setup source = {};
  nginx_setup target{.buffer_requests = false};
  object_format format = object_format::sha1;
};

/// Two hosts of nginx and http-backend, a repository on the source, its empty counterpart on the target, and hfpipe
/// between them. Git only: neither host serves LFS objects.
class nginx_story {
 public:
  explicit nginx_story(nginx_story_setup setup = {});

  const nginx_process& source() const { return source_; }
  const nginx_process& target() const { return target_; }
  git_repository& original() { return original_; }
  git_repository& copied() { return copied_; }
  const git_repository& copied() const { return copied_; }

  /// Five commits on main, one on another branch, and tags: light, annotated, of a tag, of a blob, of a tree.
  void publish();

  /// `hfpipe copy` from /git/model.git to /git/copy.git, or between other paths of the two hosts.
  child_command command(std::vector<std::string> flags = {}, std::string_view from = "/git/model.git",
                        std::string_view to = "/git/copy.git") const;
  /// Throws as checked_run() does.
  hfpipe_run run(std::vector<std::string> flags = {}) const { return run(command(std::move(flags))); }
  hfpipe_run run(child_command command) const;

  /// Empty when git for-each-ref and git fsck find the target a true copy of the source; else what they found.
  std::string difference() const;

 private:
  nginx_process source_;
  nginx_process target_;
  git_repository original_;
  git_repository copied_;
  temporary_folder home_;
};

}  // namespace hfpipe::testing

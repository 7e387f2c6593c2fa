#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/forge_process.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/hfpipe_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace hfpipe::testing {

/// Lines of a forge's log.
using log_lines = std::vector<boost::json::object>;

/// One run of hfpipe, and what both hosts saw of it.
struct copy_run : hfpipe_run {
  log_lines source_log;
  log_lines target_log;
};

struct story_setup {
  forge_setup source{.personality = "huggingface", .token = "canary-of-the-source"};
  forge_setup target{.token = "canary-of-the-target"};
  object_format format = object_format::sha1;
};

/// Two hosts, a repository on the source, its empty counterpart on the target, and hfpipe between them.
class copy_story {
 public:
  static constexpr std::string_view name = "acme/model";

  explicit copy_story(story_setup setup = {});

  const forge_process& source() const { return source_; }
  const forge_process& target() const { return target_; }
  git_repository& original() { return original_; }
  git_repository& copied() { return copied_; }

  /// Puts `count` objects of `size` bytes onto the branch, in one commit that `label` names; the same label, the same
  /// objects.
  std::vector<lfs_object> commit_objects(const std::string& branch, const std::string& label, unsigned count,
                                         std::size_t size);
  /// The same for one object that the source computes.
  lfs_object commit_generated(const std::string& branch, byte_count size, std::uint64_t seed);

  /// `hfpipe copy SOURCE TARGET --format json FLAGS…` with both tokens and the CA, in an environment without any other
  /// setting of hfpipe's.
  child_command command(std::vector<std::string> flags = {}) const;
  /// The same between other addresses.
  child_command command(const std::string& from, const std::string& to, std::vector<std::string> flags = {}) const;

  copy_run run(std::vector<std::string> flags = {}) const { return run(command(std::move(flags))); }
  /// Throws std::runtime_error when a token, an Authorization value or the signature of a URL stands in what it says,
  /// and when it leaves a file in the folder that it runs in: no story may end so.
  copy_run run(child_command command) const;
  /// What run() does when the process has ended. `marks` from mark() before its start.
  struct log_marks {
    std::size_t source, target;
  };
  log_marks mark() const { return {source_.log().size(), target_.log().size()}; }
  copy_run finish(child_result ended, log_marks marks) const;

  /// Empty when git for-each-ref, git fsck, git lfs ls-files and sha256sum find the target a true copy of the source;
  /// else what they found.
  std::string difference() const;
  /// The same for a fresh clone that git and git-lfs make of the target.
  std::string clone_difference() const;

 private:
  story_setup setup_;
  forge_process source_;
  forge_process target_;
  git_repository original_;
  git_repository copied_;
  temporary_folder home_;
};

/// Those with that "event".
log_lines events_of(const log_lines& log, std::string_view event);
/// How many requests of that service and protocol v2 command there were; an empty command fits all.
std::size_t git_requests(const log_lines& log, std::string_view service, std::string_view command = {});
/// How many pushes with commands began.
std::size_t ref_pushes(const log_lines& target_log);
std::size_t stored_uploads(const log_lines& target_log);
/// Whether the last object was stored before the first command arrived; false when either is missing.
bool blobs_came_first(const log_lines& target_log);

}  // namespace hfpipe::testing

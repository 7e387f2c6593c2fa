#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/oid.hpp"

namespace hfpipe::testing {

/// What keeps a user's own Git settings and prompts out of a test.
std::map<std::string, std::string> quiet_git_environment();

/// A bare repository, made and read with real git. Every function throws std::runtime_error with git's words when git
/// refuses.
class git_repository {
 public:
  /// Makes it, with HEAD at refs/heads/main. An existing one is opened with `at()`.
  static git_repository make(const std::filesystem::path& folder, object_format format = object_format::sha1);
  static git_repository at(const std::filesystem::path& folder) { return git_repository(folder); }

  const std::filesystem::path& path() const { return path_; }
  /// Runs `git ARGUMENTS…` in here; its output without the last line end.
  std::string git(std::vector<std::string> arguments, std::string input = {}) const;

  using file_map = std::map<std::string, std::string>;
  /// Puts one commit with these files (added to what is there) onto the branch, which may be new.
  git_oid commit(const std::string& branch, const file_map& files, const std::string& message = "a commit");
  /// `count` commits that each change one file: history for its own sake.
  void add_history(const std::string& branch, unsigned count);
  /// A blob that no tree holds.
  git_oid blob(const std::string& content);
  /// refs/tags/NAME straight at any object.
  void light_tag(const std::string& name, const git_oid& what);
  void annotated_tag(const std::string& name, const git_oid& what, const std::string& message = "a tag");
  /// Any full ref name.
  void set_ref(const std::string& name, const git_oid& what);
  void delete_ref(const std::string& name);

  /// A hook of that name: a shell script without its first line.
  void write_hook(const std::string& name, const std::string& script) const;

  /// Full names and hex ids, without HEAD.
  std::map<std::string, std::string> refs() const;
  /// fsck --strict --full finds nothing wrong.
  bool is_sound() const;

  /// Puts the bytes into the LFS store that stands beside the Git objects, as the forge keeps it.
  lfs_object put_object(std::string_view content) const;
  bool has_object(const lfs_oid& oid) const;
  std::filesystem::path object_file(const lfs_oid& oid) const;

 private:
  explicit git_repository(std::filesystem::path folder) : path_(std::move(folder)) {}
  std::filesystem::path path_;
};

/// The pointer file of an object.
std::string pointer_of(const lfs_object& object);
/// Bytes that no compression makes smaller; the same for the same seed.
std::string noise(std::size_t size, unsigned seed);

}  // namespace hfpipe::testing

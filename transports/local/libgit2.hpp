#pragma once

#include <git2.h>

#include <memory>
#include <string>

#include "protocol/oid.hpp"

// The door to libgit2: its handles, its ids, its errors. All of it blocks; see worker.hpp.

namespace hfpipe::local {

template <auto release>
struct released_by {
  template <class Handle>
  void operator()(Handle* held) const {
    release(held);
  }
};
using repository = std::unique_ptr<git_repository, released_by<git_repository_free>>;
using object_store = std::unique_ptr<git_odb, released_by<git_odb_free>>;
using stored_object = std::unique_ptr<git_odb_object, released_by<git_odb_object_free>>;
using revision_walk = std::unique_ptr<git_revwalk, released_by<git_revwalk_free>>;
using reference = std::unique_ptr<git_reference, released_by<git_reference_free>>;
using ref_transaction = std::unique_ptr<git_transaction, released_by<git_transaction_free>>;
using commit = std::unique_ptr<git_commit, released_by<git_commit_free>>;
using tree = std::unique_ptr<git_tree, released_by<git_tree_free>>;
using tag = std::unique_ptr<git_tag, released_by<git_tag_free>>;
using configuration = std::unique_ptr<git_config, released_by<git_config_free>>;

/// Opens the repository whose Git folder or working tree is exactly `folder`.
/// Fails with errc::not_found, errc::object_format_mismatch (sha256: libgit2 cannot), errc::forbidden (somebody else's,
/// and not in safe.directory), errc::file_failed.
repository open_repository(const std::string& folder);
/// Whether open_repository() finds something there, whatever it then says of it.
bool is_repository(const std::string& folder);
/// Makes a bare repository at `folder`, which must not exist or be empty. Fails with errc::file_failed.
void create_repository(const std::string& folder);
object_store objects_of(const repository& of);
configuration settings_of(const repository& of);
/// A setting; `otherwise` where it is not set.
std::string setting(git_config& all, const char* name, std::string otherwise);
bool is_set(git_config& all, const char* name);

git_oid to_ours(const ::git_oid& id);
/// Precondition: a sha1.
::git_oid to_theirs(const git_oid& id);

/// What libgit2 said last on this thread: of the disk errc::file_failed, else `otherwise`.
failure last_error(errc otherwise);
/// Throws last_error() when `result` is one of its error codes.
void check(int result, errc otherwise = errc::file_failed);

}  // namespace hfpipe::local

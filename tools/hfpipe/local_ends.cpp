#include "tools/hfpipe/local_ends.hpp"

#include <unistd.h>

#include <filesystem>

#include "transports/local/local_blobs.hpp"
#include "transports/local/local_source.hpp"
#include "transports/local/local_target.hpp"

namespace hfpipe::cli {

namespace {

/// A branch as people call it.
std::string short_name(const ref_name& branch) {
  constexpr std::string_view branches = "refs/heads/";
  return branch.text().substr(branch.starts_with(branches) ? branches.size() : 0);
}

/// A repository is made where nothing is, in what may be written to.
void refuse_place(const std::string& folder) {
  std::error_code ignored, unreadable;
  if (std::filesystem::is_directory(folder, ignored) && !std::filesystem::is_empty(folder, unreadable)) {
    const std::string why = unreadable ? unreadable.message() : "it is not empty and no repository";
    throw failed(failure(errc::file_failed)
                     .at(folder)
                     .detail(why)
                     .hint("name a folder that is not there yet")
                     .blame(side::target));
  }
  std::filesystem::path nearest(folder);
  while (nearest.has_relative_path() && !std::filesystem::exists(nearest, ignored)) nearest = nearest.parent_path();
  if (std::filesystem::is_directory(nearest, ignored) && ::access(nearest.c_str(), W_OK | X_OK) == 0) return;
  throw failed(failure(errc::file_failed)
                   .at(folder)
                   .detail(nearest.string() + " is no folder that may be written to")
                   .blame(side::target));
}

}  // namespace

std::unique_ptr<git_source> local_git_source(const http::url& folder, byte_count buffer_memory) {
  return std::make_unique<local::local_source>(folder.folder(), local::limits_for(buffer_memory));
}

std::unique_ptr<git_target> local_git_target(const http::url& folder, git::atomicity mode, byte_count buffer_memory) {
  return std::make_unique<local::local_target>(folder.folder(), mode, local::limits_for(buffer_memory));
}

std::unique_ptr<blob_source> local_blobs(const http::url& folder) {
  return std::make_unique<local::local_blob_source>(folder.folder());
}

std::unique_ptr<blob_target> local_blob_store(const http::url& folder) {
  return std::make_unique<local::local_blob_target>(folder.folder());
}

void create_local_target(const copy_request& request, host_work& done) {
  const std::string folder = request.target.folder();
  if (local::is_repository(folder)) {
    done.created = false;
    return;
  }
  done.visibility = "local";
  refuse_place(folder);
  if (request.transfer.mode == run_mode::dry_run) {
    done.would_create = true;
    return;
  }
  local::create_repository(folder);
  done.created = true;
}

task<> set_local_default(const copy_request& request, ref_name branch, host_work& done) {
  local::local_target target(request.target.folder(), git::atomicity::each_ref_for_itself,
                             local::limits_for(request.transfer.buffer_memory));
  const target_listing now = co_await target.list(listed_refs::with_default_branch);
  if (now.listing.default_branch && *now.listing.default_branch != branch) {
    done.other_default_branch = short_name(*now.listing.default_branch);
  }
  co_await target.set_default_branch(branch);
  done.default_branch = short_name(branch);
}

}  // namespace hfpipe::cli

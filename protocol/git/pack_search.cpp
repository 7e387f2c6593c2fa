#include "protocol/git/pack_search.hpp"

#include <utility>

#include "protocol/git/commit_header.hpp"
#include "protocol/lfs/lfsconfig.hpp"
#include "protocol/lfs/pointer.hpp"

namespace hfpipe::git {

bool pack_search::fits(std::uint64_t size) const {
  return !for_pointers() || (size >= lfs::shortest_pointer && size < lfs::pointer_cutoff);
}

bool pack_search::may_begin(std::byte first) const {
  return !for_pointers() || lfs::may_begin_pointer(first);
}

void pack_search::look_at(std::span<const std::byte> content) {
  if (parent_) {
    met_child_ = met_child_ || names_parent(content, *parent_);
  } else if (commits_left_) {
    if (*commits_left_ == 0) return;
    --*commits_left_;
    commits_.push_back(id_of_commit(format_, content));
  } else {
    const auto object = lfs::parse_pointer(content);
    if (object && lfs::is_transferable(*object)) found_.push_back(*object);
  }
}

void pack_search::look_for_server(std::span<const std::byte> blob) {
  if (!for_pointers() || blob.size() >= lfs::pointer_cutoff || servers_.size() == most_servers) return;
  const std::string_view text(reinterpret_cast<const char*>(blob.data()), blob.size());
  if (auto named = lfs::server_named_in(text)) servers_.insert(std::move(*named));
}

std::vector<lfs_object> pack_search::take_found() {
  return std::exchange(found_, {});
}

std::vector<git_oid> pack_search::take_commits() {
  return std::exchange(commits_, {});
}

}  // namespace hfpipe::git

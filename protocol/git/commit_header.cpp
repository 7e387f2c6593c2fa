#include "protocol/git/commit_header.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "protocol/digest.hpp"

namespace hfpipe::git {

bool names_parent(std::span<const std::byte> commit, const git_oid& parent) {
  std::string_view rest(reinterpret_cast<const char*>(commit.data()), commit.size());
  const std::string wanted = "parent " + parent.hex();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.empty()) return false;  // the message begins
    if (line == wanted) return true;
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return false;
}

git_oid id_of_commit(object_format format, std::span<const std::byte> commit) {
  const std::string head = "commit " + std::to_string(commit.size());
  digest hash = digest::of(format);
  hash.update(std::as_bytes(std::span(head.c_str(), head.size() + 1)));  // with the NUL behind it
  hash.update(commit);
  return git_oid::from_raw(hash.finish());
}

}  // namespace hfpipe::git

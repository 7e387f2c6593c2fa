#include "protocol/lfs/address.hpp"

#include <string>

namespace hfpipe::lfs {

http::url lfs_endpoint(const http::url& repository) {
  std::string path = repository.path();
  while (path.ends_with('/')) path.pop_back();
  path += path.ends_with(".git") ? "/info/lfs" : ".git/info/lfs";
  return repository.at_path(std::move(path));
}

}  // namespace hfpipe::lfs

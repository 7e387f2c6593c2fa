#include "tools/hfpipe/small_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

namespace hfpipe::cli {

outcome<std::string> read_small_file(const std::string& path) {
  const auto refuse = [&](const std::string& why) { return failure(errc::bad_option).detail(path + ": " + why); };
  std::ifstream file;
  errno = 0;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& input = path == "-" ? std::cin : file;
  std::string content(small_file_limit.as_size() + 1, '\0');
  input.read(content.data(), static_cast<std::streamsize>(content.size()));
  // A folder opens and then cannot be read.
  if (input.bad() || (path != "-" && !file.is_open()))
    return refuse(errno == 0 ? "cannot be read" : std::strerror(errno));
  content.resize(static_cast<std::size_t>(input.gcount()));
  if (content.size() > small_file_limit.value()) return refuse("too large for what it should hold");
  return content;
}

}  // namespace hfpipe::cli

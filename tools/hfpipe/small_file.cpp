#include "tools/hfpipe/small_file.hpp"

#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <utility>

namespace hfpipe::cli {

namespace {

/// What is typed stays off the screen while this lives. Nothing where standard input is no terminal.
class silent_typing {
 public:
  silent_typing() {
    if (isatty(STDIN_FILENO) != 1 || tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_silent_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  silent_typing(const silent_typing&) = delete;
  silent_typing& operator=(const silent_typing&) = delete;
  ~silent_typing() {
    if (is_silent_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  bool is_silent() const { return is_silent_; }

 private:
  termios before_{};
  bool is_silent_ = false;
};

bool is_readable_by_others(const std::string& path) {
  struct stat facts {};
  return stat(path.c_str(), &facts) == 0 && (facts.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

/// One line from a terminal: nobody who types a token ends it with an end of file.
std::optional<std::string> typed_line() {
  const silent_typing silence;
  if (!silence.is_silent()) return std::nullopt;
  std::cerr << "token (not shown): " << std::flush;
  std::string line;
  std::getline(std::cin, line);
  std::cerr << "\n";
  return line;
}

}  // namespace

outcome<small_file> read_small_file(const std::string& path) {
  const auto refuse = [&](const std::string& why, errc code = errc::bad_option) {
    return failure(code).detail(path + ": " + why);
  };
  if (path == "-") {
    if (auto line = typed_line()) return small_file{std::move(*line)};
  }
  std::ifstream file;
  errno = 0;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& input = path == "-" ? std::cin : file;
  std::string content(small_file_limit.as_size() + 1, '\0');
  input.read(content.data(), static_cast<std::streamsize>(content.size()));
  // A folder opens and then cannot be read.
  if (input.bad() || (path != "-" && !file.is_open())) {
    const bool absent = errno == ENOENT || errno == ENOTDIR || errno == EISDIR;
    return refuse(errno == 0 ? "cannot be read" : std::strerror(errno), absent ? errc::not_found : errc::bad_option);
  }
  content.resize(static_cast<std::size_t>(input.gcount()));
  if (content.size() > small_file_limit.value()) return refuse("too large for what it should hold");
  return small_file{std::move(content), path != "-" && is_readable_by_others(path)};
}

}  // namespace hfpipe::cli

#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace hfpipe::git {

/// Collects what a server writes for people on sideband 2: lines, cut anywhere, redrawn with carriage returns.
/// Keeps the last `most` lines, cleaned; a redrawn line only in its last form.
/// Costs: most + 1 lines of at most server_text_limit bytes.
class remote_text {
 public:
  explicit remote_text(std::size_t most) : most_(most) {}

  void add(std::span<const std::byte> piece);
  /// The lines so far, the unfinished one included; leaves this empty.
  std::vector<std::string> take();

 private:
  void end_line();

  std::size_t most_;
  std::deque<std::string> lines_;
  std::string line_;
  bool redraws_ = false;  ///< a carriage return came: what follows replaces the line unless it is the line's end
};

}  // namespace hfpipe::git

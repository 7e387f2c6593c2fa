#pragma once

#include <string>
#include <vector>

#include "tools/hfpipe/display.hpp"

namespace hfpipe::cli {

/// The lines at the bottom of a terminal that are drawn again and again, below a log that scrolls.
class live_block {
 public:
  /// `outlet` must outlive it.
  live_block(const display_outlet& outlet, colour use) : outlet_(outlet), colour_(use) {}

  /// The room for the next frame. The last column stays free, as some terminals wrap at it.
  window_size window() const;
  /// Puts `above`, whole lines, into the log and draws `frame` in the place of the one before. The first of several
  /// lines is the title.
  void show(const std::string& above, const std::vector<std::string>& frame);
  /// Takes the block away and leaves `last`, whole lines, in the log.
  void end(const std::string& last);

 private:
  std::string erased();

  const display_outlet& outlet_;
  colour colour_;
  std::vector<std::size_t> shown_;  ///< the columns of each line of the block
};

}  // namespace hfpipe::cli

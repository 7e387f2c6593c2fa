#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "tools/hfpipe/rate_window.hpp"

namespace hfpipe::cli {

/// Lines of one kind in a log that must not be flooded: the first is told at once, what comes soon after it is counted
/// and told in one line. Pure: the clock is an argument.
class repeats {
 public:
  static constexpr std::chrono::seconds spacing{10};  ///< between two lines

  /// The line to write now, if any.
  std::optional<std::string> add(std::string text, time_point now);
  /// What was counted and is due; to be asked now and then.
  std::optional<std::string> due(time_point now);

 private:
  std::optional<time_point> told_;
  std::string last_;
  std::size_t untold_ = 0;
};

}  // namespace hfpipe::cli

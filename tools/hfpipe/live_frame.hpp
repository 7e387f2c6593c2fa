#pragma once

#include <string>
#include <vector>

#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/progress_board.hpp"

namespace hfpipe::cli {

/// The block of lines below the log, at most `window.rows` - 1 of them and none wider than `window.columns`: title, how
/// far, what, what is waited for, and the largest objects on their way.
///   owner/name  ->  gitlab.example.com/g/n      3 refs
///     [=============>       ]   62%  38.2 / 61.1 GiB  412.0 MiB/s  ETA 0:57
///     objects 7/13  limited by: target  there already 2 (3.9 GiB)
///     9f86d081884c     4.6 GiB   71%   110.0 MiB/s
///     60303ae22b99     4.6 GiB  100%  target finalising, 12 s
///     … and 23 more
/// While no object moves, what goes on and for how long takes the place of the objects. A window of less than
/// least_rows has one line: how far.
std::vector<std::string> frame_of(const progress_board& board, const std::string& title, window_size window,
                                  time_point now);

/// Below, nothing of the log would be left.
inline constexpr std::size_t least_rows = 6;

}  // namespace hfpipe::cli

#pragma once

#include <string>
#include <vector>

#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/progress_board.hpp"

namespace hfpipe::cli {

/// A job that runs. The board must outlive it.
struct job_line {
  std::string name;
  const progress_board& board;
};

struct job_counts {
  std::size_t all = 0;
  std::size_t done = 0;  ///< those that failed not among them
  std::size_t failed = 0;
};

/// The block of lines below the log while jobs run, at most `window.rows` - 1 of them and none wider than
/// `window.columns`: how many jobs are done and how fast all are together, and a line for each that runs.
///   jobs.yaml      3/12 jobs, 1 failed      412.0 MiB/s      limit 500.0 MiB/s
///     owner/name       [=============>       ]   62%  38.2 / 61.1 GiB  210.0 MiB/s  ETA 0:57
///     owner/other      listing the refs of both sides, 2 s
///     … and 3 more
std::vector<std::string> frame_of(const std::vector<job_line>& running, const job_counts& counts,
                                  const event::limits_set& limits, const std::string& title, window_size window,
                                  time_point now);

}  // namespace hfpipe::cli

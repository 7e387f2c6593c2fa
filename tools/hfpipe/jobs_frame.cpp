#include "tools/hfpipe/jobs_frame.hpp"

#include <algorithm>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/live_frame.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

/// A name takes no more of the line than this share: how far the job is matters more.
constexpr std::size_t share_of_name = 3;

std::string title_line(const std::vector<job_line>& running, const job_counts& counts, const event::limits_set& limits,
                       const std::string& title, std::size_t columns, time_point now) {
  std::string facts = "      " + std::to_string(counts.done + counts.failed) + "/" + counted(counts.all, "job");
  if (counts.failed != 0) facts += ", " + std::to_string(counts.failed) + " failed";
  double rate = 0;
  for (const job_line& job : running) rate += job.board.rate(now) + job.board.pack_rate(now);
  if (rate > 0) facts += "      " + rate_text(rate);
  if (const std::string held = limits_text(limits); !held.empty()) facts += "      limit " + held;
  return clipped(title, columns - std::min(columns, facts.size())) + facts;
}

std::string padded(const std::string& name, std::size_t columns) {
  const std::string fitting = clipped(name, columns);
  return fitting + std::string(columns - columns_of(fitting), ' ');
}

}  // namespace

std::vector<std::string> frame_of(const std::vector<job_line>& running, const job_counts& counts,
                                  const event::limits_set& limits, const std::string& title, window_size window,
                                  time_point now) {
  std::vector<std::string> frame{title_line(running, counts, limits, title, window.columns, now)};
  const std::size_t room = window.rows < 3 ? 0 : window.rows - 2;
  const bool fit = running.size() <= room;
  const std::size_t shown = fit ? running.size() : room - std::min<std::size_t>(room, 1);
  std::size_t name_columns = 0;
  for (std::size_t i = 0; i < shown; ++i) name_columns = std::max(name_columns, columns_of(running[i].name));
  name_columns = std::min(name_columns, window.columns / share_of_name);
  const std::size_t taken = std::min(window.columns, name_columns + 2);
  for (std::size_t i = 0; i < shown; ++i) {
    // A window of one row: how far, and nothing else.
    const auto line = frame_of(running[i].board, "", {window.columns - taken, 1}, now).front();
    frame.push_back("  " + padded(running[i].name, name_columns) + line);
  }
  if (!fit && room != 0) frame.push_back("  \xe2\x80\xa6 and " + std::to_string(running.size() - shown) + " more");
  for (auto& line : frame) line = clipped(line, window.columns);
  return frame;
}

}  // namespace hfpipe::cli

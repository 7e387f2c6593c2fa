#pragma once

#include <list>
#include <memory>
#include <string>

#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/jobs_frame.hpp"
#include "tools/hfpipe/live_block.hpp"

namespace hfpipe::cli {

/// What several runs at once look like: a block with a line for each on a terminal that can redraw, else the lines of
/// each with its name before them (in JSON as `job`), and how it ended.
/// Order: warn()…, begin() and end() of each job with tick()… between, close().
class jobs_display final : public view {
 public:
  jobs_display(const talk_options& wanted, display_outlet outlet, std::size_t jobs);
  ~jobs_display() override;

  /// The observer of a job that begins; lives until its end(). Its warnings are told with its name.
  display& begin(const std::string& job);
  /// `watched` is what begin() gave.
  void end(display& watched, const std::optional<failure>& error, int exit_code);

  duration period() const override;
  void tick() override;
  void note(const std::string& text) override;
  void warn(const std::string& text) override;
  void tell(const event::limits_set& limits) override;
  void close(const std::optional<failure>& error, int exit_code) override;

 private:
  class boarded;
  display_outlet outlet_for(const std::string& job) const;
  void show(const std::string& above);

  talk_options wanted_;
  display_outlet outlet_;
  job_counts counts_;
  event::limits_set limits_{};
  live_block block_;
  std::list<std::unique_ptr<display>> running_;
  std::unique_ptr<display> own_;  ///< tells what is of no job; not on a terminal that can redraw
};

}  // namespace hfpipe::cli

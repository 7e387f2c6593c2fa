#pragma once

#include <map>
#include <optional>
#include <string>

#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/progress_board.hpp"

namespace hfpipe::cli {

/// The JSON line of one event: `{"schema":1,"ts":…,"event":…,…}` with its line end; with `"job":…` where one is named.
std::string json_line(const any_event& happened, const std::string& timestamp, const std::string& job = {});

/// One JSON object a line for programs that watch: events, every `stats` a `progress` that sums them up, `note`, and at
/// the end `error` and `done`. An object's progress is told at most twice a second. docs/events.md has the schema.
class json_display final : public display {
 public:
  json_display(const talk_options& wanted, display_outlet outlet);

  duration period() const override { return wanted_.stats; }
  void on(const any_event& happened) noexcept override;
  void tick() override;
  void note(const std::string& text) override;
  void warn(const std::string& text) override;
  void close(const std::optional<failure>& error, int exit_code) override;

 private:
  bool is_due(const any_event& happened);

  talk_options wanted_;
  display_outlet outlet_;
  progress_board board_;
  std::map<lfs_oid, time_point> told_;  ///< of the objects on their way
  std::optional<time_point> stream_told_;
};

}  // namespace hfpipe::cli

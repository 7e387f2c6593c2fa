#pragma once

#include <string>

#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/progress_board.hpp"

namespace hfpipe::cli {

/// `progress 62% 38.2/61.1GiB 412.0MiB/s eta=57s`, or what is going on before there are objects to count.
std::string progress_line(const progress_board& board, time_point now);

/// Lines for a log: what happened, and every so often (never with progress_style::none) how far it is.
class plain_display final : public display {
 public:
  plain_display(const talk_options& wanted, display_outlet outlet);

  duration period() const override { return wanted_.stats; }
  void on(const any_event& happened) noexcept override;
  void tick() override;
  void note(const std::string& text) override;
  void warn(const std::string& text) override;
  void close(const std::optional<failure>& error, int exit_code) override;

 private:
  talk_options wanted_;
  display_outlet outlet_;
  progress_board board_;
};

}  // namespace hfpipe::cli

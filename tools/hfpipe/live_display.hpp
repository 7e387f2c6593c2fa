#pragma once

#include <string>
#include <vector>

#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/live_block.hpp"
#include "tools/hfpipe/progress_board.hpp"

namespace hfpipe::cli {

/// Redraws the block of tools/hfpipe/live_frame.hpp every half second, in the size that the terminal has then, and lets
/// log lines scroll above it.
class live_display final : public display {
 public:
  live_display(const talk_options& wanted, display_outlet outlet);

  duration period() const override { return std::chrono::milliseconds(500); }
  void on(const any_event& happened) noexcept override;
  void tick() override;
  void note(const std::string& text) override;
  void warn(const std::string& text) override;
  void close(const std::optional<failure>& error, int exit_code) override;

 private:
  void show(const std::string& above);

  talk_options wanted_;
  display_outlet outlet_;
  progress_board board_;
  live_block block_;
};

}  // namespace hfpipe::cli

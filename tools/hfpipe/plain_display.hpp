#pragma once

#include <optional>
#include <string>

#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/progress_board.hpp"
#include "tools/hfpipe/repeats.hpp"

namespace hfpipe::cli {

/// `progress 62% 38.2/61.1GiB 412.0MiB/s eta=57s objects=7/13 limited=target`, or what is going on before there are
/// objects to count.
std::string progress_line(const progress_board& board, time_point now);

/// Lines for a log: what happened, each new step, how far it is every `stats`, and whatever the verbosity that
/// something is tried again or that nothing moves: both in a line now and then, however often it happens. With
/// progress_style::none steps and progress are left out.
class plain_display final : public display {
 public:
  plain_display(const talk_options& wanted, display_outlet outlet);

  duration period() const override { return std::chrono::seconds(1); }
  void on(const any_event& happened) noexcept override;
  void tick() override;
  void note(const std::string& text) override;
  void warn(const std::string& text) override;
  void close(const std::optional<failure>& error, int exit_code) override;

  /// Silence is told after that long, and again each time that it has doubled.
  static constexpr std::chrono::seconds first_silence{30};

 private:
  void say(const std::string& line);
  void say_progress();
  void tell_setback(const any_event& happened);
  void tell_silence();
  std::string whose() const;

  talk_options wanted_;
  display_outlet outlet_;
  progress_board board_;
  std::optional<event::step> told_step_;
  time_point progress_told_;
  repeats retries_;
  repeats throttles_;
  duration silence_to_tell_ = first_silence;
};

}  // namespace hfpipe::cli

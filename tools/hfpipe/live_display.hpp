#pragma once

#include <string>
#include <vector>

#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/progress_board.hpp"

namespace hfpipe::cli {

/// The block of lines below the log: title, pack, objects with the largest that move, refs. No line is wider than
/// `width` columns.
///   owner/name  ->  gitlab.example.com/g/n                        3 refs
///     objects 7/13   38.2 / 61.1 GiB   62%   412.0 MiB/s   ETA 0:57   there already 2 (3.9 GiB)
///     * 9f86d081884c  71%  3.3 / 4.6 GiB   110.0 MiB/s
///     * 60303ae22b99  100%  waiting for the target (12 s)
///     refs    waiting for the objects
std::vector<std::string> frame_of(const progress_board& board, const std::string& title, std::size_t width,
                                  time_point now);

/// Redraws that block every half second, and lets log lines scroll above it.
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
  std::string erased();
  void show(std::string above);

  talk_options wanted_;
  display_outlet outlet_;
  progress_board board_;
  std::size_t lines_shown_ = 0;
};

/// More lines than that and the log above is gone from a small window.
inline constexpr std::size_t most_blob_lines = 8;

}  // namespace hfpipe::cli

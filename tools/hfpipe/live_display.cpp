#include "tools/hfpipe/live_display.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/live_frame.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

live_display::live_display(const talk_options& wanted, display_outlet outlet)
    : wanted_(wanted), outlet_(std::move(outlet)) {}

void live_display::on(const any_event& happened) noexcept {
  board_.fold(happened, outlet_.now());
  if (const auto line = log_line(happened, wanted_.verbosity, wanted_.colour)) show(*line + "\n");
}

void live_display::tick() {
  show("");
}

void live_display::note(const std::string& text) {
  show(text + "\n");
}

void live_display::warn(const std::string& text) {
  show(rendered_warning(text, wanted_.colour));
}

void live_display::close(const std::optional<failure>& error, int) {
  outlet_.out << erased();
  if (error) outlet_.out << rendered(*error, wanted_.colour);
  outlet_.out.flush();
}

/// Moves to the block's first line and clears from there to the end of the screen. A window that became narrower has
/// broken lines into several.
std::string live_display::erased() {
  if (shown_.empty()) return "";
  const auto columns = std::max<std::size_t>(1, outlet_.window().columns);
  std::size_t rows = 0;
  for (const auto length : shown_) rows += std::max<std::size_t>(1, (length + columns - 1) / columns);
  shown_.clear();
  return "\x1b[" + std::to_string(rows) + "A\r\x1b[J";
}

void live_display::show(std::string above) {
  // One write for all: a terminal never shows half of a frame.
  std::string text = erased() + std::move(above);
  // The last column stays free, as some terminals wrap at it.
  auto window = outlet_.window();
  window.columns = std::max<std::size_t>(20, window.columns) - 1;
  const auto frame = frame_of(board_, outlet_.title, window, outlet_.now());
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const bool bold = i == 0 && frame.size() > 1 && wanted_.colour == colour::on;
    text += bold ? "\x1b[1m" + frame[i] + "\x1b[0m\n" : frame[i] + "\n";
    shown_.push_back(columns_of(frame[i]));
  }
  outlet_.out << text << std::flush;
}

}  // namespace hfpipe::cli

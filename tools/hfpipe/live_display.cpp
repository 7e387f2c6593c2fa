#include "tools/hfpipe/live_display.hpp"

#include <utility>

#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/live_frame.hpp"

namespace hfpipe::cli {

live_display::live_display(const talk_options& wanted, display_outlet outlet)
    : wanted_(wanted), outlet_(std::move(outlet)), block_(outlet_, wanted_.colour) {}

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
  block_.end(error ? rendered(*error, wanted_.colour) : "");
}

void live_display::show(const std::string& above) {
  block_.show(above, frame_of(board_, outlet_.title, block_.window(), outlet_.now()));
}

}  // namespace hfpipe::cli

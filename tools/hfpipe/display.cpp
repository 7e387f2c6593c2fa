#include "tools/hfpipe/display.hpp"

#include <utility>

#include "tools/hfpipe/json_display.hpp"
#include "tools/hfpipe/live_display.hpp"
#include "tools/hfpipe/plain_display.hpp"

namespace hfpipe::cli {

std::unique_ptr<display> make_display(const talk_options& wanted, display_outlet outlet) {
  auto chosen = wanted;
  if (!outlet.is_terminal) chosen.colour = colour::off;
  if (chosen.progress == progress_style::automatic) {
    const bool can_redraw = outlet.is_terminal && !wanted.dumb_terminal;
    chosen.progress = can_redraw ? progress_style::tty : progress_style::plain;
  }
  const bool silent = chosen.verbosity == verbosity::quiet && chosen.progress != progress_style::json;
  if (silent) chosen.progress = progress_style::none;
  switch (chosen.progress) {
    case progress_style::tty:
      return std::make_unique<live_display>(chosen, std::move(outlet));
    case progress_style::json:
      return std::make_unique<json_display>(std::move(outlet));
    default:
      return std::make_unique<plain_display>(chosen, std::move(outlet));
  }
}

}  // namespace hfpipe::cli

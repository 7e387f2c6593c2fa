#include "tools/hfpipe/display.hpp"

#include <string_view>
#include <utility>

#include "tools/hfpipe/json_display.hpp"
#include "tools/hfpipe/live_display.hpp"
#include "tools/hfpipe/plain_display.hpp"

namespace hfpipe::cli {

namespace {

std::string short_name(const http::url& url) {
  const auto shown = url.shown();
  const auto place = shown.substr(shown.find("://") + 3);
  constexpr std::string_view hub = "huggingface.co/";
  return place.starts_with(hub) ? place.substr(hub.size()) : place;
}

}  // namespace

std::string short_title(const http::url& source, const http::url& target) {
  return short_name(source) + "  ->  " + short_name(target);
}

talk_options settled(const talk_options& wanted, const display_outlet& outlet) {
  auto chosen = wanted;
  if (!outlet.is_terminal) chosen.colour = colour::off;
  if (chosen.progress == progress_style::automatic) {
    const bool can_redraw = outlet.is_terminal && !wanted.dumb_terminal;
    chosen.progress = can_redraw ? progress_style::tty : progress_style::plain;
  }
  const bool silent = chosen.verbosity == verbosity::quiet && chosen.progress != progress_style::json;
  if (silent) chosen.progress = progress_style::none;
  return chosen;
}

std::unique_ptr<display> make_display(const talk_options& wanted, display_outlet outlet) {
  const talk_options chosen = settled(wanted, outlet);
  switch (chosen.progress) {
    case progress_style::tty:
      return std::make_unique<live_display>(chosen, std::move(outlet));
    case progress_style::json:
      return std::make_unique<json_display>(chosen, std::move(outlet));
    default:
      return std::make_unique<plain_display>(chosen, std::move(outlet));
  }
}

}  // namespace hfpipe::cli

#include "tools/hfpipe/plain_display.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/console.hpp"

namespace hfpipe::cli {

namespace {

/// Without spaces, so that a line splits into fields.
std::string packed(std::string text) {
  std::erase(text, ' ');
  return text;
}

}  // namespace

std::string progress_line(const progress_board& board, time_point now) {
  using phase = progress_board::phase;
  if (board.now_in() == phase::listing) return "progress listing";
  if (board.now_in() == phase::packing) {
    const auto& pack = board.pack();
    return "progress pack " + packed(to_text(pack.received)) + " objects=" + std::to_string(pack.objects_walked) + "/" +
           std::to_string(pack.objects);
  }
  if (board.now_in() == phase::pushing) {
    return "progress push " + packed(to_text(board.pushed())) + " refs=" + std::to_string(board.refs_to_move());
  }
  std::string line = "progress ";
  if (const auto percent = board.percent()) line += std::to_string(*percent) + "% ";
  const auto total = board.total();
  line += packed(total ? amount_text(board.done(), *total) : to_text(board.done()));
  line += " " + packed(rate_text(board.rate(now)));
  if (const auto left = board.time_left(now)) {
    line += " eta=" + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*left).count()) + "s";
  }
  return line;
}

plain_display::plain_display(const talk_options& wanted, display_outlet outlet)
    : wanted_(wanted), outlet_(std::move(outlet)) {}

void plain_display::on(const any_event& happened) noexcept {
  board_.fold(happened, outlet_.now());
  if (const auto line = log_line(happened, wanted_.verbosity, wanted_.colour))
    outlet_.out << *line + "\n" << std::flush;
}

void plain_display::tick() {
  if (wanted_.progress == progress_style::none) return;
  outlet_.out << progress_line(board_, outlet_.now()) + "\n" << std::flush;
}

void plain_display::note(const std::string& text) {
  outlet_.out << text + "\n" << std::flush;
}

void plain_display::warn(const std::string& text) {
  outlet_.out << rendered_warning(text, wanted_.colour) << std::flush;
}

void plain_display::close(const std::optional<failure>& error, int) {
  if (error) outlet_.out << rendered(*error, wanted_.colour) << std::flush;
}

}  // namespace hfpipe::cli

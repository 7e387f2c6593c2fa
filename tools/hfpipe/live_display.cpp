#include "tools/hfpipe/live_display.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/duration_text.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

using phase = progress_board::phase;

std::string pack_line(const progress_board& board) {
  const auto& pack = board.pack();
  std::string line = "  pack    " + to_text(pack.received) + " received";
  if (pack.objects != 0) {
    line += "   " + std::to_string(pack.objects_walked) + "/" + std::to_string(pack.objects) + " Git objects read";
  }
  return line;
}

std::string objects_line(const progress_board& board, time_point now) {
  const auto& found = board.found();
  const auto& present = board.present();
  const auto total = board.total();
  std::string line = "  objects " + std::to_string(board.stored());
  if (total) line += "/" + std::to_string(found.objects - std::min(found.objects, present.objects));
  line += "   " + (total ? amount_text(board.done(), *total) : to_text(board.done()));
  if (const auto percent = board.percent()) line += "   " + std::to_string(*percent) + "%";
  if (board.now_in() == phase::copying) {
    line += "   " + rate_text(board.rate(now));
    if (const auto left = board.time_left(now)) line += "   ETA " + clock_text(*left);
  }
  if (board.failed() != 0) line += "   failed " + std::to_string(board.failed());
  if (present.objects != 0) {
    line += "   there already " + std::to_string(present.objects) + " (" + to_text(present.bytes) + ")";
  }
  return line;
}

std::string blob_line(const lfs_oid& oid, const moving_blob& blob, time_point now) {
  const auto size = std::max<std::uint64_t>(1, blob.size.value());
  const auto percent =
      static_cast<unsigned>(100.0 * static_cast<double>(blob.sent.value()) / static_cast<double>(size));
  std::string line = "  * " + oid.short_hex() + "  ";
  if (blob.finalising_since) {
    line += "100%  waiting for the target (" + spoken_text(now - *blob.finalising_since) + ")";
  } else {
    line += std::to_string(percent) + "%  " + amount_text(blob.sent, blob.size) + "   " +
            rate_text(blob.rate.per_second(now));
  }
  if (blob.attempt > 1) line += "   attempt " + std::to_string(blob.attempt);
  return line;
}

void add_blob_lines(std::vector<std::string>& frame, const progress_board& board, time_point now) {
  using entry = std::map<lfs_oid, moving_blob>::const_pointer;
  std::vector<entry> largest;
  for (const auto& moving : board.moving()) largest.push_back(&moving);
  const auto shown = std::min(largest.size(), most_blob_lines);
  std::partial_sort(largest.begin(), largest.begin() + static_cast<std::ptrdiff_t>(shown), largest.end(),
                    [](entry a, entry b) { return a->second.size > b->second.size; });
  for (std::size_t i = 0; i < shown; ++i) frame.push_back(blob_line(largest[i]->first, largest[i]->second, now));
  if (largest.size() > shown) frame.push_back("    and " + std::to_string(largest.size() - shown) + " smaller ones");
}

std::string refs_line(const progress_board& board) {
  if (const auto& compared = board.compared()) {
    return "  refs    " + std::to_string(compared->differing) + " of " + std::to_string(compared->refs) + " different";
  }
  switch (board.now_in()) {
    case phase::listing:
      return "  refs    asking both sides";
    case phase::packing:
      return "  refs    waiting for the pack";
    case phase::copying:
      return "  refs    waiting for the objects";
    case phase::pushing:
      break;
  }
  const auto total = board.push_total();
  return "  refs    pushing " + counted(board.refs_to_move(), "ref") + "   " +
         (total ? amount_text(std::min(board.pushed(), *total), *total) : to_text(board.pushed()));
}

}  // namespace

std::vector<std::string> frame_of(const progress_board& board, const std::string& title, std::size_t width,
                                  time_point now) {
  std::vector<std::string> frame;
  frame.push_back(title + (board.refs_to_move() == 0 ? "" : "      " + counted(board.refs_to_move(), "ref")));
  if (board.pack().received.value() != 0) frame.push_back(pack_line(board));
  if (board.total() || !board.moving().empty()) frame.push_back(objects_line(board, now));
  add_blob_lines(frame, board, now);
  frame.push_back(refs_line(board));
  if (const auto waiting = board.waiting(now))
    frame.push_back("  waiting to try again: " + clean_server_text(*waiting));
  for (auto& line : frame) line = clipped(line, width);
  return frame;
}

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

/// Moves to the block's first line and clears from there to the end of the screen.
std::string live_display::erased() {
  if (lines_shown_ == 0) return "";
  auto text = "\x1b[" + std::to_string(lines_shown_) + "A\r\x1b[J";
  lines_shown_ = 0;
  return text;
}

void live_display::show(std::string above) {
  // One write for all: a terminal never shows half of a frame. The last column stays free, as some terminals wrap at
  // it.
  std::string text = erased() + above;
  const auto width = std::max<std::size_t>(20, outlet_.window().columns);
  const auto frame = frame_of(board_, outlet_.title, width - 1, outlet_.now());
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const bool bold = i == 0 && wanted_.colour == colour::on;
    text += bold ? "\x1b[1m" + frame[i] + "\x1b[0m\n" : frame[i] + "\n";
  }
  lines_shown_ = frame.size();
  outlet_.out << text << std::flush;
}

}  // namespace hfpipe::cli

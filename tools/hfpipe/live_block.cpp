#include "tools/hfpipe/live_block.hpp"

#include <algorithm>
#include <ostream>

#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

/// Narrower, no line would say anything.
constexpr std::size_t least_columns = 20;

}  // namespace

window_size live_block::window() const {
  auto room = outlet_.window();
  room.columns = std::max(least_columns, room.columns) - 1;
  return room;
}

/// Moves to the block's first line and clears from there to the end of the screen. A window that became narrower has
/// broken lines into several.
std::string live_block::erased() {
  if (shown_.empty()) return "";
  const auto columns = std::max<std::size_t>(1, outlet_.window().columns);
  std::size_t rows = 0;
  for (const auto length : shown_) rows += std::max<std::size_t>(1, (length + columns - 1) / columns);
  shown_.clear();
  return "\x1b[" + std::to_string(rows) + "A\r\x1b[J";
}

void live_block::show(const std::string& above, const std::vector<std::string>& frame) {
  // One write for all: a terminal never shows half of a frame.
  std::string text = erased() + above;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const bool bold = i == 0 && frame.size() > 1 && colour_ == colour::on;
    text += bold ? "\x1b[1m" + frame[i] + "\x1b[0m\n" : frame[i] + "\n";
    shown_.push_back(columns_of(frame[i]));
  }
  outlet_.out << text << std::flush;
}

void live_block::end(const std::string& last) {
  outlet_.out << erased() + last << std::flush;
}

}  // namespace hfpipe::cli

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

std::string seconds_field(duration span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(span).count()) + "s";
}

std::string blobs_fields(const progress_board& board, time_point now) {
  std::string line;
  if (const auto percent = board.percent()) line += std::to_string(*percent) + "% ";
  const auto total = board.total();
  line += packed(total ? amount_text(board.done(), *total) : to_text(board.done()));
  line += " " + packed(rate_text(board.rate(now)));
  if (const auto left = board.time_left(now)) line += " eta=" + seconds_field(*left);
  if (const auto stall = board.stalled(now)) line += " stalled=" + seconds_field(*stall);
  line += " objects=" + std::to_string(board.stored());
  const auto& there = board.present();
  if (total) line += "/" + std::to_string(board.found().objects - std::min(board.found().objects, there.objects));
  if (board.failed() != 0) line += " failed=" + std::to_string(board.failed());
  if (const auto& limits = board.limits(); limits.bytes) line += " bwlimit=" + packed(to_text(*limits.bytes)) + "/s";
  if (const auto limit = board.limited_by(now)) line += " limited=" + std::string(to_text(*limit));
  return line;
}

std::string pack_fields(const progress_board& board) {
  const auto& pack = board.pack();
  std::string line = "pack " + packed(to_text(pack.received));
  if (pack.objects != 0) line += " objects=" + std::to_string(pack.objects_walked) + "/" + std::to_string(pack.objects);
  return line;
}

}  // namespace

std::string progress_line(const progress_board& board, time_point now) {
  if (!board.moving().empty()) return "progress " + blobs_fields(board, now);
  switch (board.doing()) {
    case event::step::copying_blobs:
      return "progress " + blobs_fields(board, now);
    case event::step::reading_pack:
    case event::step::reading_history:
      if (board.pack().received.value() != 0) return "progress " + pack_fields(board);
      break;
    case event::step::pushing:
      return "progress push " + packed(to_text(board.pushed())) + " refs=" + std::to_string(board.refs_to_move());
    default:
      break;
  }
  return "progress " + std::string(spoken(board.doing()));
}

plain_display::plain_display(const talk_options& wanted, display_outlet outlet)
    : wanted_(wanted), outlet_(std::move(outlet)), progress_told_(outlet_.now()) {}

void plain_display::on(const any_event& happened) noexcept {
  board_.fold(happened, outlet_.now());
  if (const auto line = log_line(happened, wanted_.verbosity, wanted_.colour)) say(*line);
  if (wanted_.verbosity == verbosity::normal) tell_setback(happened);
  const bool is_new_step = std::holds_alternative<event::step_started>(happened) && told_step_ != board_.doing();
  if (!is_new_step) return;
  told_step_ = board_.doing();
  if (wanted_.progress != progress_style::none) say("step   " + std::string(spoken(board_.doing())));
}

void plain_display::tell_setback(const any_event& happened) {
  const auto setback = setback_line(happened);
  if (!setback) return;
  auto& kind = std::holds_alternative<event::retrying>(happened) ? retries_ : throttles_;
  if (const auto line = kind.add(*setback, outlet_.now())) say(*line);
}

void plain_display::tick() {
  const auto now = outlet_.now();
  for (auto* kind : {&retries_, &throttles_}) {
    if (const auto line = kind->due(now)) say(*line);
  }
  if (wanted_.verbosity != verbosity::quiet) tell_silence();
  if (wanted_.progress != progress_style::none && now - progress_told_ >= wanted_.stats) say_progress();
}

void plain_display::tell_silence() {
  const auto silence = board_.quiet(outlet_.now());
  if (silence < first_silence) silence_to_tell_ = first_silence;
  if (silence < silence_to_tell_ || board_.waiting(outlet_.now())) return;  // our own wait was told when it began
  silence_to_tell_ = 2 * silence;
  say("silent nothing moved for " + seconds_text(silence) + ": " + std::string(spoken(board_.doing())));
}

void plain_display::say_progress() {
  progress_told_ = outlet_.now();
  say(progress_line(board_, progress_told_));
}

void plain_display::say(const std::string& line) {
  outlet_.out << whose() + line + "\n" << std::flush;
}

void plain_display::note(const std::string& text) {
  say(text);
}

void plain_display::warn(const std::string& text) {
  outlet_.out << whose() + rendered_warning(text, wanted_.colour) << std::flush;
}

void plain_display::close(const std::optional<failure>& error, int) {
  if (error) outlet_.out << whose() + rendered(*error, wanted_.colour) << std::flush;
}

std::string plain_display::whose() const {
  return outlet_.job.empty() ? "" : outlet_.job + ": ";
}

}  // namespace hfpipe::cli

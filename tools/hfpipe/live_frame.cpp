#include "tools/hfpipe/live_frame.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/duration_text.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

/// An object that is silent for less is not worth a word.
constexpr std::chrono::seconds short_silence{3};

constexpr std::size_t shortest_bar = 6;
constexpr std::size_t longest_bar = 40;
/// What the facts beside a bar take at most in ordinary life: the bar's length depends on the window alone, so that it
/// stands still.
constexpr std::size_t room_of_facts = 51;

struct gauge {
  double fraction;
  std::vector<std::string> facts;  ///< the first ones matter most
};

std::string right(const std::string& text, std::size_t columns) {
  return std::string(columns - std::min(columns, text.size()), ' ') + text;
}

/// 100 only when nothing is left.
unsigned percent_of(byte_count part, byte_count whole) {
  if (whole.value() == 0) return 100;
  return static_cast<unsigned>(100.0 * static_cast<double>(std::min(part, whole).value()) /
                               static_cast<double>(whole.value()));
}

/// As many parts as fit, with two spaces before each.
std::string joined(const std::vector<std::string>& parts, std::size_t columns) {
  std::string line;
  for (const auto& part : parts) {
    if (!line.empty() && line.size() + 2 + columns_of(part) > columns) break;
    line += "  " + part;
  }
  return line;
}

std::string bar_of(double fraction, std::size_t cells) {
  const auto full = static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(cells));
  std::string bar(full, '=');
  if (full < cells) bar += '>' + std::string(cells - full - 1, ' ');
  return "[" + bar + "]";
}

std::optional<gauge> gauge_of_blobs(const progress_board& board, time_point now) {
  const auto all = board.total();
  const auto percent = board.percent();
  if (!all || !percent) return std::nullopt;
  gauge shown{*percent / 100.0, {right(std::to_string(*percent) + "%", 4), amount_text(board.done(), *all)}};
  if (const auto stall = board.stalled(now)) {
    shown.facts.push_back("stalled " + seconds_text(*stall));
    return shown;
  }
  shown.facts.push_back(rate_text(board.rate(now)));
  if (const auto left = board.time_left(now)) shown.facts.push_back("ETA " + clock_text(*left));
  return shown;
}

std::optional<gauge> gauge_of_pack(const progress_board& board, time_point now) {
  const auto& pack = board.pack();
  if (pack.objects == 0) return std::nullopt;
  const byte_count walked(pack.objects_walked), all(pack.objects);
  const auto percent = percent_of(walked, all);
  return gauge{percent / 100.0,
               {right(std::to_string(percent) + "%", 4),
                std::to_string(pack.objects_walked) + "/" + std::to_string(pack.objects) + " Git objects",
                to_text(pack.received), rate_text(board.pack_rate(now))}};
}

std::optional<gauge> gauge_of_push(const progress_board& board, time_point now) {
  const auto all = board.push_total();
  if (!all) return std::nullopt;
  const auto sent = std::min(board.pushed(), *all);
  const auto percent = percent_of(sent, *all);
  return gauge{percent / 100.0,
               {right(std::to_string(percent) + "%", 4), amount_text(sent, *all), rate_text(board.rate(now))}};
}

bool copies_blobs(const progress_board& board) {
  return board.doing() == event::step::copying_blobs || !board.moving().empty();
}

std::optional<gauge> gauge_of(const progress_board& board, time_point now) {
  if (copies_blobs(board)) return gauge_of_blobs(board, now);
  switch (board.doing()) {
    case event::step::reading_pack:
    case event::step::reading_history:
      return gauge_of_pack(board, now);
    case event::step::pushing:
      return gauge_of_push(board, now);
    default:
      return std::nullopt;
  }
}

/// The facts come first; the bar takes what they leave, and goes when that is too short to mean anything.
std::string gauge_line(const gauge& shown, std::size_t columns) {
  constexpr std::size_t around_bar = 4;  // two spaces and two brackets
  const auto facts = joined(shown.facts, columns);
  const auto usual = std::min(columns - std::min(columns, room_of_facts), longest_bar);
  const auto left = columns - std::min(columns, facts.size() + around_bar);
  const auto cells = std::min(usual, left);
  return cells < shortest_bar ? facts : "  " + bar_of(shown.fraction, cells) + facts;
}

std::string blobs_line(const progress_board& board, std::size_t columns, time_point now) {
  const auto& present = board.present();
  std::string count = "objects " + std::to_string(board.stored());
  if (board.total())
    count += "/" + std::to_string(board.found().objects - std::min(board.found().objects, present.objects));
  std::vector<std::string> parts{std::move(count)};
  if (!board.total()) parts.push_back(to_text(board.done()) + "  " + rate_text(board.rate(now)));
  if (board.failed() != 0) parts.push_back("failed " + std::to_string(board.failed()));
  if (const auto held = limits_text(board.limits()); !held.empty()) parts.push_back("limit " + held);
  if (const auto limit = board.limited_by(now)) parts.push_back("limited by: " + std::string(to_text(*limit)));
  if (present.objects != 0) {
    parts.push_back("there already " + std::to_string(present.objects) + " (" + to_text(present.bytes) + ")");
  }
  return joined(parts, columns);
}

std::string step_line(const progress_board& board, std::size_t columns, time_point now) {
  if (copies_blobs(board)) return blobs_line(board, columns, now);
  std::string line = "  " + std::string(spoken(board.doing()));
  if (board.doing() == event::step::pushing) {
    line += " " + counted(board.refs_to_move(), "ref");
    if (!board.push_total() && board.pushed().value() != 0) line += ", " + to_text(board.pushed());
  }
  const bool counts_nothing_yet = board.doing() == event::step::reading_pack && board.pack().objects == 0;
  if (counts_nothing_yet) line += ": waiting for the source to pack it";
  return line + ", " + seconds_text(board.in_step(now));
}

/// A moment that is due is told until the next event.
std::string text_of(const coming_retry& retry, time_point now) {
  const bool is_due = retry.due <= now;
  const auto left = std::chrono::ceil<std::chrono::seconds>(retry.due - now);
  return (is_due ? std::string("trying again") : "retrying in " + seconds_text(left)) + ": " + retry.why;
}

/// What the whole run, or one side of it, waits for; empty when nothing.
std::string wait_line(const progress_board& board, time_point now) {
  if (const auto retry = board.waiting(now)) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(retry->due - now);
    return "  retrying in " + seconds_text(left) + ": " + clean_server_text(retry->what) + ": " + retry->why;
  }
  for (const auto who : {side::source, side::target}) {
    const auto left = board.throttled(who, now);
    if (left) return "  " + std::string(to_text(who)) + " throttled, goes on in " + seconds_text(*left);
  }
  return "";
}

std::string state_of(const moving_blob& blob, const progress_board& board, time_point now) {
  if (blob.retry) return text_of(*blob.retry, now);
  if (blob.waits_for_memory) return "waiting for memory";
  if (blob.finalising_since) return "target finalising, " + seconds_text(now - *blob.finalising_since);
  const auto silence = now - blob.moved;
  if (silence >= short_silence) {
    for (const auto who : {side::source, side::target}) {
      if (board.throttled(who, now)) return std::string(to_text(who)) + " throttled";
    }
    if (blob.sent.value() == 0) return "waiting for the first byte, " + seconds_text(silence);
    if (silence >= progress_board::stall_after) return "stalled " + seconds_text(silence);
  }
  return right(rate_text(blob.rate.per_second(now)), 12);
}

std::string blob_line(const lfs_oid& oid, const moving_blob& blob, const progress_board& board, time_point now) {
  const auto percent = percent_of(blob.sent, blob.size);
  std::string line = "  " + oid.short_hex() + "  " + right(to_text(blob.size), 10) + "  " +
                     right(std::to_string(percent) + "%", 4) + "  " + state_of(blob, board, now);
  if (blob.attempt > 1) line += ", attempt " + std::to_string(blob.attempt);
  return line;
}

/// Adds at most `room` lines: the largest that are under way, in an order that does not jump.
void add_blob_lines(std::vector<std::string>& frame, const progress_board& board, std::size_t room, time_point now) {
  using entry = std::map<lfs_oid, moving_blob>::const_pointer;
  std::vector<entry> all;
  for (const auto& moving : board.moving()) all.push_back(&moving);
  const bool fit = all.size() <= room;
  const auto shown = fit ? all.size() : room - std::min<std::size_t>(room, 1);
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(), [](entry a, entry b) {
    return std::tuple(a->second.waits_for_memory, b->second.size, a->first) <
           std::tuple(b->second.waits_for_memory, a->second.size, b->first);
  });
  for (std::size_t i = 0; i < shown; ++i) frame.push_back(blob_line(all[i]->first, all[i]->second, board, now));
  if (!fit && room != 0) frame.push_back("  \xe2\x80\xa6 and " + std::to_string(all.size() - shown) + " more");
}

}  // namespace

std::vector<std::string> frame_of(const progress_board& board, const std::string& title, window_size window,
                                  time_point now) {
  const auto columns = window.columns;
  const auto how_far = gauge_of(board, now);
  const auto wait = wait_line(board, now);
  std::vector<std::string> frame;
  if (window.rows < least_rows) {
    if (!wait.empty()) {
      frame.push_back(wait);
    } else {
      frame.push_back(how_far ? gauge_line(*how_far, columns) : step_line(board, columns, now));
    }
  } else {
    const auto refs = board.refs_to_move();
    const std::string count = refs == 0 ? "" : "      " + counted(refs, "ref");
    frame.push_back(clipped(title, columns - std::min<std::size_t>(columns, count.size())) + count);
    if (how_far) frame.push_back(gauge_line(*how_far, columns));
    frame.push_back(step_line(board, columns, now));
    if (!wait.empty()) frame.push_back(wait);
    add_blob_lines(frame, board, window.rows - 1 - frame.size(), now);
  }
  for (auto& line : frame) line = clipped(line, columns);
  return frame;
}

}  // namespace hfpipe::cli

#include "tools/hfpipe/console.hpp"

#include <string_view>
#include <variant>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/duration_text.hpp"

namespace hfpipe::cli {

namespace {

constexpr std::string_view red_bold = "\x1b[1;31m";
constexpr std::string_view yellow_bold = "\x1b[1;33m";
constexpr std::string_view unpainted = "\x1b[0m";

std::string painted(std::string_view text, std::string_view paint, colour use) {
  if (use == colour::off) return std::string(text);
  return std::string(paint) + std::string(text) + std::string(unpainted);
}

/// `message (side): detail`, cleaned: whatever a frame or a detail was made of, it cannot move the cursor.
std::string headline(const failure& why) {
  std::string text(facts_of(why.code()).message);
  if (why.blamed() != side::unknown) text += " (" + std::string(to_text(why.blamed())) + ")";
  if (!why.detail().empty()) text += ": " + clean_server_text(why.detail());
  return text;
}

std::string object_text(const lfs_object& blob) {
  return blob.oid.short_hex() + " (" + to_text(blob.size) + ")";
}

std::string line_of_setback(const event::retrying& e) {
  return "retry  " + clean_server_text(e.what) + " in " + spoken_text(e.wait) + ", failure " +
         std::to_string(e.failures_so_far) + ": " + in_one_line(e.why);
}

std::string line_of_setback(const event::throttled& e) {
  return "slower " + std::string(to_text(e.who)) + ": asked for fewer requests, goes on in " + spoken_text(e.wait);
}

struct line_of {
  verbosity wanted;
  colour use;

  using line = std::optional<std::string>;

  template <class Event>
  line operator()(const Event&) const {
    return std::nullopt;
  }
  line operator()(const event::blob_stored& e) const {
    if (wanted != verbosity::verbose) return std::nullopt;
    return "stored " + object_text(e.blob);
  }
  line operator()(const event::blob_started& e) const {
    if (wanted != verbosity::verbose || e.attempt < 2) return std::nullopt;
    return "again  " + object_text(e.blob) + ", attempt " + std::to_string(e.attempt);
  }
  line operator()(const event::blob_failed& e) const {
    return painted("failed", red_bold, use) + " " + object_text(e.blob) + ": " + in_one_line(e.why);
  }
  line operator()(const event::retrying& e) const {
    if (wanted != verbosity::verbose) return std::nullopt;
    return line_of_setback(e);
  }
  line operator()(const event::throttled& e) const {
    if (wanted != verbosity::verbose) return std::nullopt;
    return line_of_setback(e);
  }
  line operator()(const event::limits_set& e) const {
    if (wanted == verbosity::quiet) return std::nullopt;
    const std::string held = limits_text(e);
    return "limit  " + (held.empty() ? "off" : held);
  }
  line operator()(const event::target_said& e) const {
    if (wanted == verbosity::quiet) return std::nullopt;
    return "remote: " + clean_server_text(e.line);
  }
  line operator()(const event::warning& e) const {
    if (wanted == verbosity::quiet) return std::nullopt;
    return painted("warning:", yellow_bold, use) + " " + clean_server_text(e.text);
  }
};

}  // namespace

std::string in_one_line(const failure& why) {
  return headline(why);
}

std::string rendered(const failure& why, colour use) {
  std::string text = painted("error:", red_bold, use) + " " + headline(why) + "\n";
  std::string trail;
  for (const auto& frame : why.where()) trail += (trail.empty() ? "" : " < ") + clean_server_text(frame);
  if (!trail.empty()) text += "  where: " + trail + "\n";
  if (const auto wait = why.retry_after()) text += "  the server asks to wait " + spoken_text(*wait) + "\n";
  if (!why.hint().empty()) text += "  what now: " + clean_server_text(why.hint()) + "\n";
  return text;
}

std::string rendered_warning(const std::string& text, colour use) {
  return painted("warning:", yellow_bold, use) + " " + clean_server_text(text) + "\n";
}

std::optional<std::string> log_line(const any_event& happened, verbosity wanted, colour use) {
  return std::visit(line_of{wanted, use}, happened);
}

std::optional<std::string> setback_line(const any_event& happened) {
  if (const auto* retry = std::get_if<event::retrying>(&happened)) return line_of_setback(*retry);
  if (const auto* pause = std::get_if<event::throttled>(&happened)) return line_of_setback(*pause);
  return std::nullopt;
}

}  // namespace hfpipe::cli

#include "tools/hfpipe/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <utility>

namespace hfpipe::cli {

namespace {

/// Terminals that do not know their size say 0.
window_size window_now() {
  window_size window;
  winsize told{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &told) != 0) return window;
  if (told.ws_col != 0) window.columns = told.ws_col;
  if (told.ws_row != 0) window.rows = told.ws_row;
  return window;
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now - seconds).count();
  const std::time_t time = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s.%03dZ", date.data(), static_cast<int>(milliseconds));
  return text.data();
}

}  // namespace

display_outlet outlet_on_stderr(std::string title) {
  return {.out = std::cerr,
          .is_terminal = isatty(STDERR_FILENO) == 1,
          .window = window_now,
          .now = std::chrono::steady_clock::now,
          .timestamp = utc_now,
          .title = std::move(title)};
}

}  // namespace hfpipe::cli

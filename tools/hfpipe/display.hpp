#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

#include "engine/events.hpp"
#include "tools/hfpipe/options.hpp"
#include "tools/hfpipe/rate_window.hpp"

namespace hfpipe::cli {

/// What people see of hfpipe while it works, whatever it works at. Everything that goes to stderr goes through one of
/// these. Order: warn()…, tick()…, close().
class view {
 public:
  virtual ~view() = default;
  /// How often tick() wants to be called.
  virtual duration period() const = 0;
  virtual void tick() = 0;
  /// Both show a line whatever the verbosity: what goes on, what to beware of.
  virtual void note(const std::string& text) = 0;
  virtual void warn(const std::string& text) = 0;
  /// Shows what limits hold from now on.
  virtual void tell(const event::limits_set& limits) = 0;
  /// Shows how it ended; nothing is shown afterwards.
  virtual void close(const std::optional<failure>& error, int exit_code) = 0;
};

/// What one run looks like while it runs.
class display : public observer, public view {
 public:
  void tell(const event::limits_set& limits) override { on(limits); }
};

struct window_size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// Where a display writes, and what it may ask.
struct display_outlet {
  std::ostream& out;
  bool is_terminal = false;
  std::function<window_size()> window;     ///< of the terminal, now
  std::function<time_point()> now;         ///< for rates
  std::function<std::string()> timestamp;  ///< for JSON lines: RFC 3339
  std::string title;                       ///< source and target in short
  std::string job = {};                    ///< whose lines these are, where several jobs write
};

/// `owner/name  ->  gitlab.example.com/g/n`: without schemes, and without the hub's name.
std::string short_title(const http::url& source, const http::url& target);

/// What `wanted` comes to where it is shown: no style is automatic afterwards, quiet is none, and what is no terminal
/// has no colour.
talk_options settled(const talk_options& wanted, const display_outlet& outlet);

/// Chooses: auto is live on a terminal that can redraw and plain elsewhere; quiet keeps errors only.
/// What `outlet.out` refers to must outlive the display.
std::unique_ptr<display> make_display(const talk_options& wanted, display_outlet outlet);

}  // namespace hfpipe::cli

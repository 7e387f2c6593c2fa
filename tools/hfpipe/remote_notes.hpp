#pragma once

#include <string>
#include <vector>

#include "engine/events.hpp"

namespace hfpipe::cli {

/// A server that repeats itself is quoted no further than this.
inline constexpr std::size_t most_remote_lines = 100;

/// Passes every event on, and keeps what the target said for the result.
class remote_notes final : public observer {
 public:
  /// `next` must outlive this.
  explicit remote_notes(observer& next) : next_(next) {}

  void on(const any_event& happened) noexcept override {
    const auto* said = std::get_if<event::target_said>(&happened);
    if (said != nullptr && lines_.size() < most_remote_lines) lines_.push_back(said->line);
    next_.on(happened);
  }

  const std::vector<std::string>& lines() const { return lines_; }

 private:
  observer& next_;
  std::vector<std::string> lines_;
};

}  // namespace hfpipe::cli

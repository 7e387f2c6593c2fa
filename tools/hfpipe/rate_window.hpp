#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>

namespace hfpipe::cli {

using time_point = std::chrono::steady_clock::time_point;

/// How fast a total grew during the last seconds. Holds at most span / grain + 2 samples, however often it is told.
class rate_window {
 public:
  static constexpr std::chrono::milliseconds grain{250};  ///< samples nearer than that are merged

  /// Ten seconds are long enough for a calm number and short enough for a true one.
  explicit rate_window(std::chrono::seconds span = std::chrono::seconds(10)) : span_(span) {}

  void add(time_point now, std::uint64_t total) {
    const auto size = samples_.size();
    if (size >= 2 && now - samples_[size - 2].at < grain) samples_.pop_back();
    samples_.push_back({now, total});
    while (samples_.size() > 1 && samples_[1].at <= now - span_) samples_.pop_front();
  }

  /// Per second, until `now`: a total that stopped growing slows down to 0.
  double per_second(time_point now) const {
    if (samples_.empty()) return 0;
    const auto later =
        std::find_if(samples_.begin(), samples_.end(), [&](const sample& s) { return s.at > now - span_; });
    const auto& first = later == samples_.begin() ? *later : *std::prev(later);
    const double seconds = std::chrono::duration<double>(now - first.at).count();
    return seconds <= 0 ? 0 : static_cast<double>(samples_.back().total - first.total) / seconds;
  }

 private:
  struct sample {
    time_point at;
    std::uint64_t total;
  };
  std::chrono::seconds span_;
  std::deque<sample> samples_;
};

}  // namespace hfpipe::cli

#include "tools/hfpipe/repeats.hpp"

#include <utility>

namespace hfpipe::cli {

std::optional<std::string> repeats::add(std::string text, time_point now) {
  if (!told_ || (untold_ == 0 && now - *told_ >= spacing)) {
    told_ = now;
    return text;
  }
  last_ = std::move(text);
  ++untold_;
  return due(now);
}

std::optional<std::string> repeats::due(time_point now) {
  if (untold_ == 0 || now - *told_ < spacing) return std::nullopt;
  told_ = now;
  const auto before = std::exchange(untold_, 0) - 1;
  return before == 0 ? last_ : last_ + " (and " + std::to_string(before) + " more like it)";
}

}  // namespace hfpipe::cli

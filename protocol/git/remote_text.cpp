#include "protocol/git/remote_text.hpp"

#include <iterator>
#include <utility>

#include "protocol/failure.hpp"

namespace hfpipe::git {

void remote_text::add(std::span<const std::byte> piece) {
  for (const std::byte byte : piece) {
    const auto c = std::to_integer<char>(byte);
    if (c == '\n') {
      end_line();
      continue;
    }
    if (std::exchange(redraws_, c == '\r')) line_.clear();
    if (c != '\r' && line_.size() < server_text_limit) line_ += c;
  }
}

void remote_text::end_line() {
  redraws_ = false;
  auto clean = clean_server_text(line_);
  line_.clear();
  if (clean.empty()) return;
  lines_.push_back(std::move(clean));
  if (lines_.size() > most_) lines_.pop_front();
}

std::vector<std::string> remote_text::take() {
  end_line();
  const auto first = std::make_move_iterator(lines_.begin());
  const auto last = std::make_move_iterator(lines_.end());
  std::vector<std::string> taken(first, last);
  lines_.clear();
  return taken;
}

}  // namespace hfpipe::git

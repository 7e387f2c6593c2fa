#include "tools/forge/push_commands.hpp"

#include <algorithm>
#include <charconv>

namespace hfpipe::forge {

namespace {

// A mirror of 100 000 refs is near 12 MiB of commands; the log keeps what fits and the push goes on without.
constexpr std::size_t commands_limit = 32 * 1024 * 1024;
constexpr std::size_t report_limit = 16 * 1024 * 1024;
constexpr std::size_t marker_limit = 4;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view next_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

}  // namespace

const std::vector<pkt_line_watch::piece>& pkt_line_watch::feed(std::span<const std::byte> bytes) {
  pieces_.clear();
  std::size_t at = 0;
  while (at < bytes.size() && !ended_) {
    if (left_ > 0) {
      const std::size_t size = std::min(left_, bytes.size() - at);
      pieces_.push_back({at, size, size_ - left_, size_});
      left_ -= size;
      at += size;
      continue;
    }
    length_ += static_cast<char>(bytes[at++]);
    if (length_.size() < marker_limit) continue;
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(length_.data(), length_.data() + length_.size(), length, 16);
    if (error != std::errc() || end != length_.data() + length_.size()) ended_ = true;
    length_.clear();
    size_ = left_ = length > marker_limit ? length - marker_limit : 0;
    if (left_ == 0 && !ended_) pieces_.push_back({at, 0, 0, 0});
  }
  return pieces_;
}

bool push_commands::feed(std::span<const std::byte> bytes) {
  for (const auto& piece : lines_.feed(bytes)) {
    if (piece.line_size == 0) {
      lines_.end();
      return !refs_.empty();
    }
    line_.append(text_of(bytes.subspan(piece.offset, piece.size)));
    if (piece.line_offset + piece.size < piece.line_size) continue;
    if (refs_.size() * 128 < commands_limit) take_line(line_);
    line_.clear();
  }
  return false;
}

void push_commands::take_line(std::string_view line) {
  line = line.substr(0, line.find('\0'));
  if (line.ends_with('\n')) line.remove_suffix(1);
  const std::string_view old_id = next_word(line);
  const std::string_view new_id = next_word(line);
  if (line.starts_with("refs/")) refs_.push_back({std::string(line), std::string(old_id), std::string(new_id)});
}

void push_verdicts::feed(std::span<const std::byte> bytes) {
  for (const auto& piece : lines_.feed(bytes)) {
    line_.append(text_of(bytes.subspan(piece.offset, piece.size)));
    if (piece.line_offset + piece.size < piece.line_size) continue;
    if (line_.starts_with('\1') && report_.size() < report_limit) report_.append(line_, 1);
    line_.clear();
  }
}

std::map<std::string, std::string> push_verdicts::read() const {
  std::map<std::string, std::string> verdicts;
  pkt_line_watch lines;
  for (const auto& piece : lines.feed(std::as_bytes(std::span(report_)))) {
    std::string_view line = std::string_view(report_).substr(piece.offset, piece.size);
    if (line.ends_with('\n')) line.remove_suffix(1);
    const std::string_view kind = next_word(line);
    if (kind == "unpack") verdicts["unpack"] = line;
    if (kind == "ok") verdicts[std::string(line)] = "ok";
    if (kind == "ng") {
      const std::string name(next_word(line));
      verdicts[name] = line;
    }
  }
  return verdicts;
}

}  // namespace hfpipe::forge

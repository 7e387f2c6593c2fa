#include "tools/forge/tampering.hpp"

#include <algorithm>
#include <limits>
#include <thread>

namespace hfpipe::forge {

namespace {

constexpr std::uint64_t slow_rate = 65536;
constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

}  // namespace

void tampering::take_pace(fault_board& faults, const fault_subject& subject) {
  if (const auto slow = faults.take("slow", subject)) rate = slow->rate.value_or(slow_rate);
  fault_subject body = subject;
  if (subject.first && subject.end) {
    body.first = 0;
    body.end = *subject.end - *subject.first;
  }
  if (const auto stall = faults.take("stall", body)) stall_at = stall->at.value_or(0);
}

tampering::result tampering::write(exchange& to, std::span<std::byte> bytes) {
  const std::uint64_t stop = std::min({cut_at.value_or(never), end_at.value_or(never), stall_at.value_or(never)});
  const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), stop - position_));
  if (flip_at && *flip_at >= position_ && *flip_at - position_ < left) bytes[*flip_at - position_] ^= std::byte{0xff};
  // A tenth of a second's worth at a time, so that a slow body trickles.
  const std::size_t step = rate ? static_cast<std::size_t>(std::max<std::uint64_t>(1, *rate / 10)) : left;
  for (std::size_t at = 0; at < left; at += step) {
    const auto part = bytes.subspan(at, std::min(step, left - at));
    to.write(part);
    pace(part.size());
  }
  return position_ == stop ? stop_here(to) : result::passed;
}

tampering::result tampering::taken(exchange& from, std::size_t amount) {
  pace(amount);
  const std::uint64_t stop = std::min(cut_at.value_or(never), stall_at.value_or(never));
  return position_ >= stop ? stop_here(from) : result::passed;
}

tampering::result tampering::stop_here(exchange& on) {
  if (end_at && *end_at <= position_) return result::ended;
  if (stall_at && *stall_at <= position_) on.on().wait_for_end();
  on.cut();
  return result::broken;
}

void tampering::pace(std::size_t amount) {
  position_ += amount;
  if (!rate) return;
  const std::chrono::duration<double> due(static_cast<double>(position_) / static_cast<double>(*rate));
  std::this_thread::sleep_until(start_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(due));
}

}  // namespace hfpipe::forge

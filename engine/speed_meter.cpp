#include "engine/speed_meter.hpp"

#include <algorithm>
#include <chrono>

namespace hfpipe {

namespace {

using clock = std::chrono::steady_clock;

/// A median of so many is as good as one of more.
constexpr std::size_t most_waits = 100'000;

class watched_stream final : public byte_source {
 public:
  watched_stream(std::unique_ptr<byte_source> inner, clock::time_point asked, speed_meter& meter)
      : inner_(std::move(inner)), asked_(asked), meter_(meter) {}

  task<std::size_t> read_some(std::span<std::byte> room) override {
    return gave_ ? inner_->read_some(room) : first(room);
  }

 private:
  task<std::size_t> first(std::span<std::byte> room) {
    const std::size_t got = co_await inner_->read_some(room);
    gave_ = true;
    if (got != 0) meter_.answered(clock::now() - asked_);
    co_return got;
  }

  std::unique_ptr<byte_source> inner_;
  clock::time_point asked_;
  speed_meter& meter_;
  bool gave_ = false;
};

class watched_body final : public chunk_source {
 public:
  watched_body(chunk_source& inner, speed_meter& meter) : inner_(inner), meter_(meter) {}

  task<std::span<const std::byte>> next() override {
    meter_.moved(lent_);  // the target came back, so it has taken that
    const std::span<const std::byte> piece = co_await inner_.next();
    lent_ = byte_count(piece.size());
    co_return piece;
  }

 private:
  chunk_source& inner_;
  speed_meter& meter_;
  byte_count lent_;
};

}  // namespace

void speed_meter::answered(duration wait) {
  const std::lock_guard held(lock_);
  if (waits_.size() < most_waits) waits_.push_back(wait);
}

std::optional<wait_times> speed_meter::first_bytes() const {
  const std::lock_guard held(lock_);
  if (waits_.empty()) return std::nullopt;
  std::vector<duration> sorted = waits_;
  std::ranges::sort(sorted);
  return wait_times{sorted.front(), sorted[sorted.size() / 2], sorted.back()};
}

task<std::unique_ptr<byte_source>> metered_source::open(const lfs::batch_entry& entry, byte_count from,
                                                        connection_use use, std::optional<byte_count> until) {
  const auto asked = clock::now();
  std::unique_ptr<byte_source> stream = co_await inner_.open(entry, from, use, until);
  co_return std::make_unique<watched_stream>(std::move(stream), asked, meter_);
}

task<> metered_target::put(const lfs::batch_entry& entry, chunk_source& body, const std::function<void()>& sent) {
  watched_body watched(body, meter_);
  co_await inner_.put(entry, watched, sent);
}

}  // namespace hfpipe

#include "engine/segment_stream.hpp"

#include <utility>

#include "engine/nursery.hpp"

namespace hfpipe {

namespace {

using clock = std::chrono::steady_clock;

failure ends_early(byte_count at, byte_count size) {
  const std::string got = std::to_string(at.value()) + " of " + std::to_string(size.value()) + " bytes";
  return failure(errc::size_mismatch).detail("got " + got).blame(side::source);
}

}  // namespace

void segment_stream::assign(byte_range range, std::unique_ptr<resumed_source> opened) {
  assign(range);
  opened_ = std::move(opened);
}

task<> segment_stream::open() {
  opened_ = std::make_unique<resumed_source>(ends_.link, ends_.resume, ends_.watcher, byte_range{at_, until_});
  if (ends_.link.is_old()) co_await ends_.link.renew(ends_.link.version());
  co_await opened_->open(connection_use::any);
}

task<> segment_stream::read() {
  auto reading = [&](nursery& beside) -> task<> {
    co_await beside.start(watch());
    co_await pour();
    is_read_ = true;
    watched_.wake();
  };
  is_read_ = at_ >= until_;
  while (!is_read_) {
    is_slow_ = false;
    try {
      co_await nursery::run(1, reading);
    } catch (const failed& thrown) {
      if (!is_slow_ || thrown.why().code() != errc::timed_out) throw;
    }
  }
}

task<> segment_stream::pour() {
  std::unique_ptr<resumed_source> body = std::move(opened_);
  if (!body) {
    const byte_range range{at_, until_};
    body = std::make_unique<resumed_source>(ends_.link, ends_.resume, ends_.watcher, range);
  }
  struct shown {
    segment_stream& self;
    ~shown() {
      self.body_ = nullptr;
      self.waits_since_.reset();
    }
  } const while_it_reads{*this};
  body_ = body.get();
  while (at_ < until_) {
    std::span<std::byte> room = ends_.window.room_at(at_);
    if (room.empty()) {
      co_await ends_.window.room_for(at_);
      continue;
    }
    const byte_count left = until_ - at_;
    if (byte_count(room.size()) > left) room = room.first(left.as_size());
    waits_since_ = clock::now();
    const std::size_t got = co_await body->read_some(room);
    if (got == 0) throw failed(ends_early(at_, ends_.link.object().size));
    recent_seconds_ += in_seconds(clock::now() - *waits_since_);
    waits_since_.reset();
    recent_bytes_ += static_cast<double>(got);
    ends_.window.take_in(at_, got);
    at_ += byte_count(got);
    came_ += byte_count(got);
  }
}

/// Ends with the reading, or throws when another connection is to read on.
task<> segment_stream::watch() {
  if (is_read_) co_return;
  co_await watched_.wait();
  if (is_slow_) throw failed(failure(errc::timed_out).at("a slow connection"));
}

void segment_stream::stop_at(byte_count end) {
  until_ = end;
  body_->stop_at(end);
}

void segment_stream::replace_connection() {
  // A second connection that brings nothing either has the patience that any stream has.
  if (replaced_at_ == at_) return;
  replaced_at_ = at_;
  is_slow_ = true;
  watched_.wake();
}

std::optional<double> segment_stream::take_speed(time_point now) {
  if (waits_since_) recent_seconds_ += in_seconds(now - std::exchange(*waits_since_, now));
  if (recent_seconds_ <= 0) return std::nullopt;
  const double speed = recent_bytes_ / recent_seconds_;
  recent_bytes_ /= 2;
  recent_seconds_ /= 2;
  return speed;
}

}  // namespace hfpipe

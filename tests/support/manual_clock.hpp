#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <functional>

#include "transports/rate_limit.hpp"

namespace hfpipe::testing {

/// A clock that goes on only while somebody sleeps, and then at once. For one thread.
class manual_clock final : public waiting_clock {
 public:
  time_point now() const override { return now_; }
  task<> sleep_for(duration span) override {
    ++sleeps;
    const time_point until = now_ + span;
    if (meanwhile) meanwhile();
    const asio::any_io_executor here = co_await asio::this_coro::executor;
    co_await asio::post(here, asio::use_awaitable);
    now_ = std::max(now_, until);
  }
  void advance(duration span) { now_ += span; }
  double seconds() const { return std::chrono::duration<double>(now_ - start).count(); }

  static constexpr time_point start{std::chrono::hours(1)};
  std::size_t sleeps = 0;
  std::function<void()> meanwhile;  ///< what happens during each sleep

 private:
  time_point now_ = start;
};

}  // namespace hfpipe::testing

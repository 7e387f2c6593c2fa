#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <functional>
#include <optional>

#include "transports/task.hpp"

namespace hfpipe::testing {

/// A task that runs whenever the loop does, and can be cancelled. Must be done, or the loop dead, before it is
/// destroyed.
class spawned_task {
 public:
  spawned_task(asio::io_context& loop, task<> work) {
    auto ended = [this](std::exception_ptr thrown) { end(thrown); };
    asio::co_spawn(loop, std::move(work), asio::bind_cancellation_slot(stop_.slot(), ended));
  }
  spawned_task(const spawned_task&) = delete;
  spawned_task& operator=(const spawned_task&) = delete;

  void cancel() { stop_.emit(asio::cancellation_type::terminal); }
  bool done() const { return done_; }
  /// What it threw, or nothing.
  const std::optional<failure>& broken() const { return broken_; }

 private:
  void end(std::exception_ptr thrown) {
    done_ = true;
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const failed& error) {
      broken_ = error.why();
    } catch (const boost::system::system_error& error) {
      // Asio's own way to end a cancelled coroutine at its next co_await.
      BOOST_TEST((error.code() == asio::error::operation_aborted));
      broken_ = failure(errc::cancelled);
    }
  }

  asio::cancellation_signal stop_;
  bool done_ = false;
  std::optional<failure> broken_;
};

/// Runs `work` and cancels it as soon as `when` is true (asked before every turn of the loop) or nothing happens any
/// more. What it threw, or nothing. A task that does not end within 20 s fails the test: cancelling must never hang.
inline std::optional<failure> run_cancelled(asio::io_context& loop, task<> work, const std::function<bool()>& when) {
  using namespace std::chrono_literals;
  spawned_task running(loop, std::move(work));
  loop.restart();
  bool stopped = false;
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (!running.done() && std::chrono::steady_clock::now() < end) {
    if (!stopped && when()) {
      stopped = true;
      running.cancel();
    }
    if (loop.run_one_for(50ms) == 0 && !stopped) {
      stopped = true;
      running.cancel();
    }
  }
  BOOST_REQUIRE_MESSAGE(running.done(), "the task did not end in time");
  return running.broken();
}

}  // namespace hfpipe::testing

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <cstddef>
#include <exception>
#include <list>

#include "transports/task.hpp"

namespace hfpipe {

/// Tasks with a parent that waits. Flow:
///
///     auto body = [&](nursery& children) -> task<> {     // named, captures references only
///       co_await children.start(one_thing(a, b));        // waits for a place, not for the child
///       co_await children.start(another(c));
///     };
///     co_await nursery::run(width, body);                // returns when the body and every child have ended
///
/// A child takes values, or references to what was declared before run().
class nursery {
 public:
  /// Runs `body`, a callable that takes a nursery& and gives a task<>, and the at most `width` children it starts.
  /// The first failure, the body's or a child's, cancels all others; when they have ended it is thrown. Later failures
  /// follow from the first and are dropped.
  /// Cancelled: cancels body and children, waits for them, throws errc::cancelled.
  template <class Body>
  static task<> run(std::size_t width, Body& body) {
    nursery children(co_await asio::this_coro::executor, width);
    co_await children.supervise(body(children));
  }

  /// Waits until fewer than `width` children run, then starts `child`. Only the body may call it.
  /// Throws errc::cancelled when a failure has stopped the nursery; `child` never ran then.
  task<> start(task<> child);

  nursery(const nursery&) = delete;
  nursery& operator=(const nursery&) = delete;

 private:
  struct running {
    asio::cancellation_signal stop;
    bool ended = false;
  };

  nursery(asio::any_io_executor executor, std::size_t width)
      : executor_(executor),
        changed_(executor, asio::steady_timer::time_point::max()),
        width_(width == 0 ? 1 : width) {}
  task<> supervise(task<> body);
  void spawn(task<> work);
  /// Keeps the first failure and cancels everything.
  void stop(std::exception_ptr why);
  /// Forgets those that have ended; how many are left.
  std::size_t left();
  task<> something_ends();

  asio::any_io_executor executor_;
  asio::steady_timer changed_;  // never expires; cancelled to wake whoever waits for a child's end
  std::size_t width_;
  std::list<running> running_;  // the body is the first
  std::exception_ptr first_failure_;
};

}  // namespace hfpipe

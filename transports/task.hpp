#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "protocol/failure.hpp"

namespace hfpipe {

namespace asio = boost::asio;

/// The only coroutine type. A task that is awaited where it is made may take references and spans;
/// one that is started in a nursery takes values, or references to what was declared before the nursery.
/// Throws only `failed` (and std::bad_alloc). Cancellation is terminal: it throws errc::cancelled, and what was
/// cancelled may only be destroyed.
template <class T = void>
using task = asio::awaitable<T>;

using duration = std::chrono::steady_clock::duration;
inline double in_seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

/// Runs `op`; a failure of it gets `frame` added to its trail and, where given, its blame.
template <class T>
task<T> within(std::string frame, task<T> op) {
  try {
    co_return co_await std::move(op);
  } catch (failed& broken) {
    broken.why().add_frame(std::move(frame));
    throw;
  }
}

template <class T>
task<T> blaming(side who, task<T> op) {
  try {
    co_return co_await std::move(op);
  } catch (failed& broken) {
    broken.why().add_blame(who);
    throw;
  }
}

/// Throws errc::cancelled when the running task was cancelled: for loops that may not suspend for long.
inline task<> stop_if_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) throw failed(failure(errc::cancelled));
}

/// Sleeps; cancelled, it throws errc::cancelled.
inline task<> sleep_for(duration span) {
  asio::steady_timer timer(co_await asio::this_coro::executor, span);
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (error) throw failed(failure(errc::cancelled));
}

}  // namespace hfpipe

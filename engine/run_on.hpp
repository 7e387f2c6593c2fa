#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>

#include "transports/task.hpp"

namespace hfpipe {

/// Runs `work` on another thread's executor, and gives what it gives, or throws the `failed` it throws, on the
/// caller's. It ends only when `work` and all its frames have ended, so `work` may refer to what the caller owns, as
/// far as the caller leaves that alone. On the caller's own executor it is the same as awaiting `work`. Cancelled:
/// cancels `work`, over there, and gives its end whatever that is: errc::cancelled, or that it was done. Lives: both
/// executors must run until it has ended. Costs four hand-overs.
task<> run_on(asio::any_io_executor there, task<> work);

/// For run_on(): keeps what `work` gives.
template <class T>
task<> keep_value(std::optional<T>& into, task<T> work) {
  T value = co_await std::move(work);
  into.emplace(std::move(value));
}

template <class T>
task<T> run_on(asio::any_io_executor there, task<T> work) {
  std::optional<T> value;
  task<> keeping = keep_value(value, std::move(work));
  co_await run_on(std::move(there), std::move(keeping));
  co_return std::move(*value);
}

}  // namespace hfpipe

#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>

#include "transports/task.hpp"

namespace hfpipe::testing {

/// Runs one task to its end on a private loop and returns its value or throws what it threw.
/// A task that is not done after `limit` fails the test: a hang must not hang the suite. For any thread, so it asks
/// nothing of Boost.Test.
template <class T>
T run_task(asio::io_context& loop, task<T> work, std::chrono::seconds limit = std::chrono::seconds(20)) {
  std::exception_ptr error;
  bool done = false;
  if constexpr (std::is_void_v<T>) {
    asio::co_spawn(loop, std::move(work), [&](std::exception_ptr thrown) {
      error = thrown;
      done = true;
    });
    loop.restart();
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done && std::chrono::steady_clock::now() < end && loop.run_one_until(end) != 0) {
    }
    if (!done) throw std::runtime_error("the task did not end in time");
    if (error) std::rethrow_exception(error);
  } else {
    std::optional<T> value;
    asio::co_spawn(loop, std::move(work), [&](std::exception_ptr thrown, T result) {
      error = thrown;
      if (!thrown) value.emplace(std::move(result));
      done = true;
    });
    loop.restart();
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done && std::chrono::steady_clock::now() < end && loop.run_one_until(end) != 0) {
    }
    if (!done) throw std::runtime_error("the task did not end in time");
    if (error) std::rethrow_exception(error);
    return std::move(*value);
  }
}

template <class T>
T run_task(task<T> work, std::chrono::seconds limit = std::chrono::seconds(20)) {
  asio::io_context loop(1);
  return run_task(loop, std::move(work), limit);
}

}  // namespace hfpipe::testing

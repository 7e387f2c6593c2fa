#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "transports/task.hpp"

namespace hfpipe::local {

/// Set when whoever waits for the work was cancelled. Long work looks at it and throws errc::cancelled.
using stop_flag = std::atomic<bool>;
/// Throws errc::cancelled when `stop` is set.
void leave_if(const stop_flag& stop);

/// A thread for calls that block: disks, libgit2. One piece of work at a time, in the order of arrival.
/// Destroyed, it waits for the work that runs.
class worker {
 public:
  /// Runs `work(stop)` there and gives what it gives. It is awaited to its end, so `work` may refer to what the caller
  /// owns. Fails with the `failed` that `work` throws. Cancelled: sets `stop`, waits for the end, and fails with
  /// errc::cancelled. Costs two hand-overs.
  template <class Work>
  task<std::invoke_result_t<const Work&, const stop_flag&>> run(const Work& work) {
    using result = std::invoke_result_t<const Work&, const stop_flag&>;
    if constexpr (std::is_void_v<result>) {
      co_await perform(std::function<void(const stop_flag&)>(std::ref(work)));
    } else {
      std::optional<result> value;
      const std::function<void(const stop_flag&)> keeping = [&](const stop_flag& stop) { value.emplace(work(stop)); };
      co_await perform(keeping);
      co_return std::move(*value);
    }
  }

 private:
  task<> perform(const std::function<void(const stop_flag&)>& work);

  // Held by the thread while it hands over: who is resumed may end its loop, which the hand-over still touches.
  std::mutex handing_over_;
  asio::thread_pool thread_{1};
};

}  // namespace hfpipe::local

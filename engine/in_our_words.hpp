#pragma once

#include <exception>

#include "transports/task.hpp"

namespace hfpipe {

/// What a task that is started runs in: Asio stops a cancelled coroutine at its next co_await with an exception of its
/// own; above this line it is ours.
inline task<> in_our_words(task<> work) {
  std::exception_ptr error;
  try {
    co_await std::move(work);
  } catch (const boost::system::system_error& thrown) {
    error = thrown.code() == asio::error::operation_aborted
                ? std::make_exception_ptr(failed(failure(errc::cancelled)))
                : std::make_exception_ptr(failed(failure(errc::internal).detail(thrown.what())));
  } catch (...) {
    error = std::current_exception();
  }
  // co_spawn awaits once more after us; a cancelled coroutine must be allowed to.
  co_await asio::this_coro::throw_if_cancelled(false);
  if (error) std::rethrow_exception(error);
}

}  // namespace hfpipe

#include "engine/nursery.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "engine/in_our_words.hpp"

namespace hfpipe {

task<> nursery::start(task<> child) {
  // The body itself takes no place.
  while (!first_failure_ && left() > width_) co_await something_ends();
  if (first_failure_) throw failed(failure(errc::cancelled));
  spawn(std::move(child));
}

task<> nursery::supervise(task<> body) {
  co_await stop_if_cancelled();
  // From here on a cancellation is handed down, and its end awaited; it must not tear this coroutine out.
  const bool throws_if_cancelled = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  spawn(std::move(body));
  while (left() != 0) {
    co_await something_ends();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      stop(std::make_exception_ptr(failed(failure(errc::cancelled))));
  }
  co_await asio::this_coro::throw_if_cancelled(throws_if_cancelled);
  if (first_failure_) std::rethrow_exception(first_failure_);
}

void nursery::spawn(task<> work) {
  running& self = running_.emplace_back();
  auto ended = [this, &self](std::exception_ptr error) {
    self.ended = true;
    if (error) stop(error);
    changed_.cancel();
  };
  asio::co_spawn(executor_, in_our_words(std::move(work)),
                 asio::bind_cancellation_slot(self.stop.slot(), std::move(ended)));
}

void nursery::stop(std::exception_ptr why) {
  if (first_failure_) return;
  first_failure_ = std::move(why);
  for (running& each : running_) {
    if (!each.ended) each.stop.emit(asio::cancellation_type::terminal);
  }
}

std::size_t nursery::left() {
  // Not erased where they end: the coroutine still uses its signal while it tells us.
  running_.remove_if([](const running& each) { return each.ended; });
  return running_.size();
}

task<> nursery::something_ends() {
  boost::system::error_code woken;
  co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

}  // namespace hfpipe

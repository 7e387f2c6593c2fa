#include "engine/run_on.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <new>

#include "engine/in_our_words.hpp"

// Nothing but posts crosses:
//
//   here                          there
//   caller waits   -- begin -->   co_spawn
//                  -- stop -->    stop_.emit         (only when the caller is cancelled)
//                  <-- ended --   the frames are gone
//   caller goes on

namespace hfpipe {

namespace {

/// How it ended, as a value: an exception object would belong to both threads.
struct far_end {
  std::optional<failure> broken;
  bool out_of_memory = false;
};

far_end end_of(const std::exception_ptr& thrown) {
  if (!thrown) return {};
  try {
    std::rethrow_exception(thrown);
  } catch (const failed& broken) {
    return {broken.why(), false};
  } catch (const std::bad_alloc&) {
    return {std::nullopt, true};
  } catch (const std::exception& broken) {
    return {failure(errc::internal).detail(broken.what()), false};
  } catch (...) {
    return {failure(errc::internal), false};
  }
}

/// The caller's side: stands in its frame, touched by its thread alone.
class near_task {
 public:
  explicit near_task(const asio::any_io_executor& here) : changed_(here, asio::steady_timer::time_point::max()) {}

  bool has_ended() const { return end_.has_value(); }
  const far_end& end() const { return *end_; }

  void hear(far_end how) {
    end_ = std::move(how);
    changed_.cancel();
  }
  /// Returns when the end was heard, or when the caller is cancelled.
  task<> something_happens() {
    boost::system::error_code woken;
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }

 private:
  asio::steady_timer changed_;
  std::optional<far_end> end_;
};

/// The other side: from begin() on touched by its own thread alone.
class far_task : public std::enable_shared_from_this<far_task> {
 public:
  far_task(near_task& caller, asio::any_io_executor here, asio::any_io_executor there, task<> work)
      : caller_(caller), home_(std::move(here)), executor_(std::move(there)), work_(std::move(work)) {}

  void begin() {
    auto ended = [self = shared_from_this()](const std::exception_ptr& thrown) { self->end(thrown); };
    asio::co_spawn(executor_, in_our_words(std::move(work_)),
                   asio::bind_cancellation_slot(stop_.slot(), std::move(ended)));
  }
  void stop() {
    if (!ended_) stop_.emit(asio::cancellation_type::terminal);
  }

 private:
  void end(const std::exception_ptr& thrown) {
    ended_ = true;
    // Not from here: the frames above are still being taken apart, and what they refer to is the caller's.
    asio::post(executor_, [self = shared_from_this(), how = end_of(thrown)]() mutable {
      near_task& caller = self->caller_;
      asio::post(self->home_, [&caller, how = std::move(how)]() mutable { caller.hear(std::move(how)); });
    });
  }

  near_task& caller_;  // gone as soon as it has heard
  const asio::any_io_executor home_;
  const asio::any_io_executor executor_;
  task<> work_;
  asio::cancellation_signal stop_;
  bool ended_ = false;
};

task<> run_far(asio::any_io_executor here, asio::any_io_executor there, task<> work) {
  co_await stop_if_cancelled();
  // From here on a cancellation is handed over, and its end awaited; it must not tear this coroutine out.
  const bool throws_if_cancelled = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  near_task near(here);
  const auto far = std::make_shared<far_task>(near, here, there, std::move(work));
  asio::post(there, [far] { far->begin(); });
  for (bool told = false; !near.has_ended();) {
    co_await near.something_happens();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (told || state.cancelled() == asio::cancellation_type::none) continue;
    asio::post(there, [far] { far->stop(); });
    told = true;
  }
  co_await asio::this_coro::throw_if_cancelled(throws_if_cancelled);
  if (near.end().out_of_memory) throw std::bad_alloc();
  if (near.end().broken) throw failed(*near.end().broken);
}

}  // namespace

task<> run_on(asio::any_io_executor there, task<> work) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  if (here == there) {
    co_await std::move(work);
  } else {
    co_await run_far(here, std::move(there), std::move(work));
  }
}

}  // namespace hfpipe

#include "transports/local/worker.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <new>

namespace hfpipe::local {

namespace {

/// How the work ended, as a value: an exception object would belong to both threads.
struct work_end {
  std::optional<failure> broken;
  bool out_of_memory = false;
};

work_end end_of(const std::function<void(const stop_flag&)>& work, const stop_flag& stop) {
  try {
    work(stop);
    return {};
  } catch (const failed& broken) {
    return {broken.why(), false};
  } catch (const std::bad_alloc&) {
    return {std::nullopt, true};
  } catch (const std::exception& broken) {
    return {failure(errc::internal).detail(broken.what()), false};
  }
}

}  // namespace

void leave_if(const stop_flag& stop) {
  if (stop) throw failed(failure(errc::cancelled));
}

task<> worker::perform(const std::function<void(const stop_flag&)>& work) {
  co_await stop_if_cancelled();
  stop_flag stop = false;
  work_end end;
  auto begin = [&](auto&& waiting) {
    auto slot = asio::get_associated_cancellation_slot(waiting);
    if (slot.is_connected()) slot.assign([&stop](asio::cancellation_type) { stop = true; });
    auto home = asio::make_work_guard(asio::get_associated_executor(waiting));
    asio::post(thread_, [&, slot, home = std::move(home), waiting = std::move(waiting)]() mutable {
      end = end_of(work, stop);
      const auto there = home.get_executor();
      const std::scoped_lock until_posted(handing_over_);
      asio::post(there, [slot, home = std::move(home), waiting = std::move(waiting)]() mutable {
        if (slot.is_connected()) slot.clear();
        std::move(waiting)();
      });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(begin), asio::use_awaitable);
  { const std::scoped_lock until_posted(handing_over_); }
  if (stop) throw failed(failure(errc::cancelled));
  if (end.out_of_memory) throw std::bad_alloc();
  if (end.broken) throw failed(*end.broken);
}

}  // namespace hfpipe::local

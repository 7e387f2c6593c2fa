#include "engine/wake_list.hpp"

namespace hfpipe {

task<> wake_list::wait(time_point until) {
  asio::steady_timer alarm(co_await asio::this_coro::executor, until);
  struct place {
    std::vector<asio::steady_timer*>& list;
    asio::steady_timer* self;
    ~place() { std::erase(list, self); }
  };
  waiting_.push_back(&alarm);
  const place held{waiting_, &alarm};
  boost::system::error_code woken;
  co_await alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  co_await stop_if_cancelled();
}

void wake_list::wake() {
  for (asio::steady_timer* one : waiting_) one->cancel();
}

}  // namespace hfpipe

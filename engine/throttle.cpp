#include "engine/throttle.hpp"

namespace hfpipe {

bool asks_all_to_wait(const failure& why) {
  return why.code() == errc::rate_limited || (why.code() == errc::server_failed && why.retry_after());
}

bool throttle::hold(side which, time_point until) {
  if (which == side::unknown) return false;
  std::atomic<time_point>& place = until_.at(static_cast<std::size_t>(which));
  time_point known = place.load();
  while (until > known) {
    if (place.compare_exchange_weak(known, until)) return true;
  }
  return false;
}

duration throttle::wait_for(side which, time_point now) const {
  const time_point until = until_.at(static_cast<std::size_t>(which)).load();
  return until > now ? until - now : duration::zero();
}

}  // namespace hfpipe

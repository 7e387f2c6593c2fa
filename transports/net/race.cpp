#include "transports/net/race.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace hfpipe::net {
namespace {

using asio::ip::tcp;

/// Name resolution cannot be cancelled: getaddrinfo() sits in a thread of its own until it is done. So it is not
/// awaited: it owns the place it writes to, and the one who asked waits only on the timer.
struct lookup {
  explicit lookup(const asio::any_io_executor& executor) : resolver(executor), wake(executor) {}
  tcp::resolver resolver;
  asio::steady_timer wake;
  boost::system::error_code error;
  std::vector<tcp::endpoint> found;
  bool done = false;
};

/// Connection attempts own their race for the same reason: the winner is taken, the others may still be running.
struct heat {
  explicit heat(const asio::any_io_executor& executor) : wake(executor) {}
  struct attempt {
    tcp::socket socket;
    std::optional<boost::system::error_code> ended;
  };
  std::vector<std::unique_ptr<attempt>> attempts;
  asio::steady_timer wake;

  /// Closes whatever has not won.
  void stop() {
    boost::system::error_code ignored;
    for (auto& each : attempts) each->socket.close(ignored);
  }
};

/// A failed wait means cancelled when the task is, and "look again" otherwise.
task<> wait_on(asio::steady_timer& timer, time_point until) {
  timer.expires_at(until);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) throw failed(failure(errc::cancelled));
}

failure connect_timed_out() {
  return failure(errc::timed_out).at("connect");
}

/// 6, 4, 6, 4, …: a host whose one family is dead costs one delay, not one for each of its addresses.
std::vector<tcp::endpoint> alternating(const std::vector<tcp::endpoint>& found) {
  if (found.empty()) return {};
  std::vector<tcp::endpoint> first;
  std::vector<tcp::endpoint> second;
  for (const auto& each : found) (each.protocol() == found.front().protocol() ? first : second).push_back(each);
  std::vector<tcp::endpoint> mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  return mixed;
}

void start(const std::shared_ptr<heat>& running, const tcp::endpoint& address) {
  const auto executor = running->wake.get_executor();
  running->attempts.push_back(std::make_unique<heat::attempt>(heat::attempt{tcp::socket(executor), std::nullopt}));
  heat::attempt& own = *running->attempts.back();
  own.socket.async_connect(address, [running, &own](boost::system::error_code error) {
    own.ended = error;
    running->wake.cancel();
  });
}

}  // namespace

task<std::vector<tcp::endpoint>> resolve(std::string host, std::uint16_t port, time_point end) {
  boost::system::error_code not_an_address;
  const auto literal = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return std::vector{tcp::endpoint(literal, port)};

  const auto asked = std::make_shared<lookup>(co_await asio::this_coro::executor);
  asked->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                                [asked](boost::system::error_code error, const tcp::resolver::results_type& results) {
                                  asked->error = error;
                                  for (const auto& each : results) asked->found.push_back(each.endpoint());
                                  asked->done = true;
                                  asked->wake.cancel();
                                });
  while (!asked->done) {
    if (std::chrono::steady_clock::now() >= end) throw failed(connect_timed_out());
    co_await wait_on(asked->wake, end);
  }
  if (asked->error || asked->found.empty()) {
    throw failed(failure(errc::cannot_resolve).detail(asked->error.message()));
  }
  co_return alternating(asked->found);
}

task<tcp::socket> race(std::vector<tcp::endpoint> addresses, time_point end) {
  const auto running = std::make_shared<heat>(co_await asio::this_coro::executor);
  // However this ends, no attempt may go on holding a socket.
  const std::unique_ptr<heat, void (*)(heat*)> losers(running.get(), [](heat* over) { over->stop(); });

  auto next = addresses.begin();
  time_point next_start = std::chrono::steady_clock::now();
  while (true) {
    std::size_t pending = 0;
    boost::system::error_code last;
    for (auto& each : running->attempts) {
      if (each->ended && !*each->ended) co_return std::move(each->socket);
      if (each->ended) last = *each->ended;
      if (!each->ended) ++pending;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) throw failed(connect_timed_out());
    if (next != addresses.end() && (pending == 0 || now >= next_start)) {
      start(running, *next++);
      next_start = now + attempt_delay;
      continue;
    }
    if (pending == 0) throw failed(failure(errc::cannot_connect).detail(last.message()));
    const time_point until = next == addresses.end() ? end : std::min(end, next_start);
    co_await wait_on(running->wake, until);
  }
}

}  // namespace hfpipe::net

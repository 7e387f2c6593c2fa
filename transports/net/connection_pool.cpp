#include "transports/net/connection_pool.hpp"

#include <algorithm>
#include <utility>

#include "transports/net/proxy_plan.hpp"
#include "transports/net/race.hpp"
#include "transports/net/reply_reader.hpp"
#include "transports/net/request_head.hpp"

namespace hfpipe::net {
namespace {

std::string host_and_port(const http::origin& to) {
  return (to.host.find(':') == std::string::npos ? to.host : "[" + to.host + "]") + ":" + std::to_string(to.port);
}

const client_options& checked(const client_options& options) {
  for (const auto* proxy : {&options.proxies.for_http, &options.proxies.for_https}) {
    if (*proxy && (*proxy)->url.origin().scheme != http::scheme::http) {
      throw failed(failure(errc::bad_option)
                       .detail("a proxy that is itself reached over https: " + (*proxy)->url.origin().text())
                       .hint("name it as http://host:port; what goes through it to https hosts is encrypted anyway"));
    }
  }
  return options;
}

}  // namespace

connection_pool::connection_pool(asio::any_io_executor executor, client_options options)
    : executor_(std::move(executor)), options_(std::move(options)), tls_(checked(options_).trust, options_.store) {}

std::unique_ptr<connection> connection_pool::take_idle(const http::origin& to) {
  const auto oldest = std::chrono::steady_clock::now() - idle_lifetime;
  idle_.remove_if([&](const resting& each) { return each.since < oldest; });
  for (auto each = idle_.begin(); each != idle_.end();) {
    if (each->to != to) {
      ++each;
      continue;
    }
    auto link = std::move(each->link);
    each = idle_.erase(each);
    if (link->is_quiet()) return link;
  }
  return nullptr;
}

void connection_pool::keep(const http::origin& to, std::unique_ptr<connection> idle) {
  idle->give_back_memory();
  idle_.push_front({to, std::move(idle), std::chrono::steady_clock::now()});
  const auto to_same = [&](const resting& each) { return each.to == to; };
  if (std::count_if(idle_.begin(), idle_.end(), to_same) > static_cast<std::ptrdiff_t>(options_.idle_connections)) {
    idle_.erase(std::prev(std::find_if(idle_.rbegin(), idle_.rend(), to_same).base()));
  }
  if (idle_.size() > origins_of_a_run * options_.idle_connections) idle_.pop_back();
}

task<std::unique_ptr<connection>> connection_pool::dial(http::origin to) {
  const auto end = std::chrono::steady_clock::now() + options_.timeouts.connect;
  const http::url_with_user* const proxy = proxy_for(options_.proxies, to);
  const http::origin first = proxy == nullptr ? to : proxy->url.origin();
  std::string frame = (proxy == nullptr ? "" : "proxy ") + host_and_port(first);
  try {
    auto addresses = co_await resolve(first.host, first.port, end);
    auto socket = co_await race(std::move(addresses), end);
    auto link = std::make_unique<connection>(std::move(socket));
    if (to.scheme == http::scheme::https) {
      if (proxy != nullptr) co_await open_tunnel(*link, to, *proxy, end);
      if (proxy != nullptr) frame = host_and_port(to) + " through " + frame;
      co_await link->handshake(tls_, to.host, end);
    }
    co_return link;
  } catch (failed& broken) {
    broken.why().add_frame(std::move(frame));
    throw;
  }
}

task<> connection_pool::open_tunnel(connection& proxy_link, http::origin to, const http::url_with_user& proxy,
                                    std::chrono::steady_clock::time_point end) {
  const std::string ask = encode_connect(to, proxy, options_.user_agent);
  proxy_link.write_now(std::as_bytes(std::span(ask)));
  // A few hundred bytes into the empty buffer of a fresh connection: it takes them at once or is broken.
  if (proxy_link.flush_now().status != io_status::moved) throw failed(proxy_link.why());

  // Read as a reply to HEAD: a tunnel has no body, and nothing may follow the head before we speak.
  reply_reader reader("HEAD");
  while (!reader.read_head(proxy_link)) {
    const auto left = end - std::chrono::steady_clock::now();
    co_await proxy_link.wait(connection::until::readable, left, "connect");
  }
  const int status = reader.head().status;
  if (!reader.head().is_success()) {
    throw failed(failure(errc::proxy_refused)
                     .detail("CONNECT " + host_and_port(to) + ": HTTP status " + std::to_string(status))
                     .http_status(status));
  }
}

}  // namespace hfpipe::net

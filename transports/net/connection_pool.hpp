#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <list>
#include <memory>

#include "protocol/http/url.hpp"
#include "transports/net/connection.hpp"
#include "transports/net/http_client.hpp"
#include "transports/net/tls.hpp"
#include "transports/task.hpp"

namespace hfpipe::net {

/// A run speaks with four origins: two hosts, and where each keeps its objects.
inline constexpr std::size_t origins_of_a_run = 4;
/// Servers close idle connections after 60 to 75 s (nginx 75, GitLab 65); ours must not be found dead by a request.
inline constexpr std::chrono::seconds idle_lifetime{60};

/// Opens connections to origins, and keeps those that are idle. The way to an origin (proxy or not) is fixed by the
/// options, so the origin alone names a connection.
class connection_pool {
 public:
  /// Fails (throws failed) with errc::bad_option when a CA file cannot be read.
  connection_pool(asio::any_io_executor executor, client_options options);

  /// The idle connection to `to` that was used last, or null. It is open, as far as can be seen from here.
  std::unique_ptr<connection> take_idle(const http::origin& to);
  /// Opens a connection: proxy, TCP, tunnel and TLS as the origin demands, all within timeouts.connect.
  /// Fails as http_client::start() says.
  task<std::unique_ptr<connection>> dial(http::origin to);
  /// Precondition: the last exchange over `idle` was complete.
  void keep(const http::origin& to, std::unique_ptr<connection> idle);

  const client_options& options() const { return options_; }

 private:
  struct resting {
    http::origin to;
    std::unique_ptr<connection> link;
    std::chrono::steady_clock::time_point since;
  };
  task<> open_tunnel(connection& proxy_link, http::origin to, const http::url_with_user& proxy,
                     std::chrono::steady_clock::time_point end);

  asio::any_io_executor executor_;
  client_options options_;
  tls_context tls_;
  std::list<resting> idle_;  ///< the one used last in front
};

}  // namespace hfpipe::net

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "protocol/byte_count.hpp"
#include "protocol/http/credential.hpp"
#include "protocol/http/reply.hpp"
#include "protocol/http/url.hpp"
#include "transports/rate_limit.hpp"
#include "transports/task.hpp"

namespace hfpipe::net {

struct no_body {};
/// The body goes out under this Content-Length.
struct sized_body {
  byte_count length;
};
/// The body goes out chunked.
struct chunked_body {};
using body_framing = std::variant<no_body, sized_body, chunked_body>;

enum class redirects { refuse, follow };

struct request {
  std::string method;
  http::url url;
  std::vector<http::header_field>
      headers;  ///< Host, framing, User-Agent and Accept-Encoding: identity are the client's
  /// Attached only where credential::allows() the origin, and never again after a redirect to another one.
  const http::credential* credential = nullptr;
  body_framing body = no_body{};
  net::redirects redirects = redirects::refuse;  ///< only a request without body can follow
  bool fresh_connection = false;                 ///< not one from the pool
};

/// One request and its reply. Order: write()…, finish(), reply(), read_some()….
/// Destroyed before the reply's body was read to its end, it closes the connection: an unfinished body is then never
/// completed. Read to the end, the connection goes back to the pool.
class exchange {
 public:
  exchange(exchange&&) noexcept;
  exchange& operator=(exchange&&) noexcept;
  ~exchange();

  /// Sends a part of the body, all of it when this returns true. False: the server already gave its final answer, and
  /// it is not a success; stop writing and read reply(). (An early success stops nothing: git http-backend says 200
  /// before it reads the pack.) Precondition for sized_body: not more than its length in total.
  task<bool> write(std::span<const std::byte> part);
  /// Ends the body: the last chunk, or nothing for a sized body (whose bytes must all have been written).
  /// Ending a chunked body early on purpose is done with this too.
  task<> finish();
  /// Waits for the final status and headers (1xx are skipped). The wait for the first byte of the reply is
  /// `patience`, by default timeouts.idle. The reference lives as long as the exchange.
  task<const http::reply_head*> reply(std::optional<duration> patience = {});
  /// Reads the reply's body. 0: properly ended, by its length, its last chunk or, without either, the close.
  /// Waits at most `patience` for a byte, by default timeouts.idle: git http-backend sends its head at once and is then
  /// silent for as long as git works.
  task<std::size_t> read_some(std::span<std::byte> room, std::optional<duration> patience = {});
  /// Reads the rest. Fails with errc::limit_exceeded beyond `limit`.
  task<std::string> read_all(byte_count limit);
  /// At most server_text_limit bytes of the rest, for an error message; never fails, except when cancelled.
  task<std::string> read_excerpt();

  /// Where the reply came from, after redirects.
  const http::url& url() const;
  /// Whether the request that got the reply carried the credential.
  bool carries_credential() const;

  class state;
  explicit exchange(std::unique_ptr<state> made);

 private:
  std::unique_ptr<state> state_;
};

struct timeouts {
  duration connect = std::chrono::seconds(30);  ///< resolving, TCP, proxy and TLS together
  duration idle = std::chrono::seconds(30);     ///< without a byte read or written
};

/// How certificates are judged.
struct trust {
  /// Where the system keeps its CAs: a PEM file, and hashed directories with colons between. Empty: where OpenSSL was
  /// built to look.
  std::string system_file, system_directory;
  std::vector<std::string> ca_files;  ///< PEM, on top
  bool verify = true;
};

/// The CAs that a `trust` names, read and parsed once: they take a megabyte and 15 ms. The clients of all threads may
/// share one.
class trust_store;
/// Fails as trust_store's constructor (transports/net/trust_store.hpp).
std::shared_ptr<const trust_store> load_trust(const trust& trusted);

struct proxies {
  std::optional<http::url_with_user> for_http;
  std::optional<http::url_with_user> for_https;
  std::string exceptions;  ///< NO_PROXY: comma separated hosts, `.suffix`, `*`; loopback is always direct
};

struct client_options {
  net::timeouts timeouts;
  net::trust trust;
  std::shared_ptr<const trust_store> store = {};  ///< what load_trust() made of `trust`; null: a client loads its own
  net::proxies proxies;
  std::string user_agent = "hfpipe";
  bool allow_http = false;  ///< plain http to other hosts than loopback
  /// How many idle ones are kept for each origin; about 20 KiB each. As many as exchanges may run at once: with fewer,
  /// those that end together close connections which the next ones open again.
  std::size_t idle_connections = 8;
  rate_limit* requests = nullptr;  ///< every request and every hop of it takes its turn there; must outlive the client
};

class connection_pool;

/// HTTP/1.1 to any number of origins, with a pool of idle connections. Single-threaded: from the first request to its
/// end all use is from the executor's one thread. Must outlive its exchanges.
class http_client {
 public:
  /// Fails (throws failed) with errc::bad_option when a CA file cannot be read.
  http_client(asio::any_io_executor executor, client_options options);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Waits for the request's turn, connects (or takes an idle connection) and sends the request's head. An idle
  /// connection that turns out dead before any byte of a reply came is replaced once, for requests without a body or
  /// whose body was not begun.
  /// Fails with errc::insecure_refused before anything is sent, cannot_resolve, cannot_connect, tls_failed,
  /// certificate_rejected, proxy_refused, timed_out, connection_lost, bad_http_reply, redirect_refused.
  task<exchange> start(request what);

  /// A whole exchange with a small body: sends `body` under its Content-Length, waits for the reply; for its first byte
  /// `patience`, by default timeouts.idle.
  task<exchange> send(request what, std::string body, std::optional<duration> patience = {});

 private:
  std::unique_ptr<connection_pool> pool_;
};

/// What a reply that is not a success means; reads an excerpt of its body, adds the URL as a frame.
task<failure> failure_of(exchange& of);

}  // namespace hfpipe::net

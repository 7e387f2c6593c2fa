#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "tests/support/failure_text.hpp"
#include "tests/support/loopback_peer.hpp"
#include "tests/support/run_task.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::testing {

inline net::request asking(std::string method, const http::url& url) {
  return {.method = std::move(method), .url = url, .headers = {}, .body = net::no_body{}};
}

inline net::request get(const http::url& from) {
  return asking("GET", from);
}

/// The status and the whole body.
inline task<std::string> fetch(net::http_client& client, net::request what) {
  auto running = co_await client.start(std::move(what));
  const auto* head = co_await running.reply();
  const std::string body = co_await running.read_all(byte_count(1 << 20));
  co_return std::to_string(head->status) + " " + body;
}

/// A client on a loop of its own, made when first used, so that a case can set its options before.
struct http_setting {
  asio::io_context loop{1};
  net::client_options options;

  net::http_client& client() {
    if (!made_) made_.emplace(loop.get_executor(), options);
    return *made_;
  }

  template <class T>
  T run(task<T> work) {
    return run_task(loop, std::move(work));
  }

  std::string get_text(const http::url& from) { return run(fetch(client(), get(from))); }

  /// What `work` failed with; errc::internal when it did not.
  template <class T>
  failure failure_from(task<T> work) {
    try {
      run(std::move(work));
    } catch (const failed& broken) {
      return broken.why();
    }
    return failure(errc::internal).detail("it did not fail");
  }

  failure get_failure(const http::url& from) { return failure_from(fetch(client(), get(from))); }

 private:
  std::optional<net::http_client> made_;
};

}  // namespace hfpipe::testing

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/fixture.hpp"
#include "tests/support/loopback_peer.hpp"
#include "tests/support/run_task.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::testing {

/// A whole HTTP reply. `type` is what comes behind `application/x-git-`.
inline std::string git_reply(std::string_view type, std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-" + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// A reply without a body worth reading.
inline std::string plain_reply(std::string_view status, std::string_view more_headers = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(more_headers) + "Content-Length: 0\r\n\r\n";
}

/// The value of a request's header; empty when it is not there.
inline std::string header_of(std::string_view head, std::string_view name) {
  const auto at = head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string_view::npos) return {};
  const auto start = at + 2 + name.size() + 2;
  return std::string(head.substr(start, head.find("\r\n", start) - start));
}

/// A request as a script read it.
struct seen_request {
  std::string head;
  std::string body;
  std::string line() const { return head.substr(0, head.find("\r\n")); }
};

/// Reads one request with its body, sized or chunked.
inline seen_request read_request(peer_link& link) {
  seen_request seen;
  seen.head = link.read_head();
  if (const auto length = header_of(seen.head, "Content-Length"); !length.empty()) {
    seen.body = link.read(std::stoul(length));
  } else if (header_of(seen.head, "Transfer-Encoding") == "chunked") {
    seen.body = link.read_chunked();
  }
  return seen;
}

/// Runs what a test drives and keeps how it failed.
struct git_setting {
  asio::io_context loop{1};
  net::client_options options;
  loopback_peer peer;
  std::optional<net::http_client> made;

  net::http_client& client() {
    if (!made) made.emplace(loop.get_executor(), options);
    return *made;
  }
  template <class T>
  failure failure_of(task<T> work) {
    try {
      run_task(loop, std::move(work));
    } catch (const failed& broken) {
      return broken.why();
    }
    return failure(errc::internal).detail("it did not fail");
  }
};

}  // namespace hfpipe::testing

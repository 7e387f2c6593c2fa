#pragma once

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/http/reply.hpp"
#include "protocol/oid.hpp"
#include "tests/support/failure_text.hpp"
#include "tests/support/loopback_peer.hpp"
#include "tests/support/run_task.hpp"
#include "transports/net/http_client.hpp"

// What the tests of transports/lfs/ say to a loopback peer and ask of it.

namespace hfpipe::testing {

/// One request as the peer got it.
struct heard_request {
  std::string line;  ///< `GET /path HTTP/1.1`
  http::reply_head head;
  std::string body;
  bool complete = false;  ///< the body came to its proper end

  std::string header(std::string_view name) const { return std::string(head.header(name).value_or("(none)")); }
};

/// Reads a head; nothing when the client closed instead.
inline std::optional<heard_request> hear_head(peer_link& from) {
  const std::string text = from.read_head();
  if (text.empty()) return {};
  heard_request heard;
  std::size_t at = text.find("\r\n");
  heard.line = text.substr(0, at);
  for (at += 2; text.compare(at, 2, "\r\n") != 0;) {
    const std::size_t colon = text.find(": ", at);
    const std::size_t end = text.find("\r\n", at);
    heard.head.headers.emplace_back(text.substr(at, colon - at), text.substr(colon + 2, end - colon - 2));
    at = end + 2;
  }
  return heard;
}

/// Reads a whole request into `log`; a body that breaks off leaves it there incomplete.
inline bool hear(peer_link& from, std::vector<heard_request>& log) {
  auto heard = hear_head(from);
  if (!heard) return false;
  log.push_back(std::move(*heard));
  const bool chunked = log.back().head.header("Transfer-Encoding").has_value();
  if (chunked) {
    log.back().body = from.read_chunked();
  } else {
    log.back().body = from.read(std::stoul(std::string(log.back().head.header("Content-Length").value_or("0"))));
  }
  log.back().complete = true;
  return true;
}

/// A reply with a Content-Length, after which the connection stays open.
inline std::string http_reply(std::string_view status, std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

/// The reply with `Connection: close`, so that nobody tries the connection again before its end arrives.
inline std::string last_reply(std::string reply) {
  const std::size_t line_end = reply.find("\r\n");
  if (line_end != reply.npos) reply.insert(line_end + 2, "Connection: close\r\n");
  return reply;
}

/// The next connections hear one request each, answer it with one of `replies`, and close.
inline void answer(loopback_peer& peer, std::vector<heard_request>& log, const std::vector<std::string>& replies) {
  for (const std::string& each : replies) {
    peer.script([&log, reply = last_reply(each)](peer_link& c) {
      if (hear(c, log)) c.send(reply);
    });
  }
}

/// One connection hears a request for each of `replies` and answers them in order.
inline void answer_in_one_connection(loopback_peer& peer, std::vector<heard_request>& log,
                                     const std::vector<std::string>& replies) {
  peer.script([&log, replies](peer_link& c) {
    for (const std::string& reply : replies) {
      if (!hear(c, log)) return;
      c.send(reply);
    }
  });
}

inline lfs_object object_of(char digit, std::uint64_t size) {
  return {lfs_oid::from_hex(std::string(64, digit)).value(), byte_count(size)};
}

/// `{"oid":…,"size":…MEMBERS}`.
inline std::string entry_json(const lfs_object& object, const std::string& members = "") {
  return R"({"oid":")" + object.oid.hex() + R"(","size":)" + std::to_string(object.size.value()) + members + "}";
}

inline std::string batch_json(const std::string& entries) {
  return R"({"objects":[)" + entries + "]}";
}

/// A client on a loop of its own.
struct client_setting {
  asio::io_context loop{1};
  net::http_client client{loop.get_executor(), options()};

  static net::client_options options() {
    net::client_options chosen;
    chosen.timeouts.idle = std::chrono::seconds(5);
    return chosen;
  }

  template <class T>
  T run(task<T> work) {
    return run_task(loop, std::move(work));
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

/// `user:canary` for this peer's origin.
inline http::credential canary_for(const loopback_peer& peer) {
  return http::credential::basic(peer.url().origin(), "user", secret("canary"));
}
inline constexpr std::string_view canary_authorization = "Basic dXNlcjpjYW5hcnk=";

}  // namespace hfpipe::testing

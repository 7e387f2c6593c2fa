#pragma once

#include <string>

#include "protocol/failure.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::net {

/// What the head depends on besides the request itself.
struct head_setting {
  std::string user_agent;
  /// Set where a plain http request goes to a proxy: the target is then absolute. Borrowed for the call.
  const http::url_with_user* proxy = nullptr;
};

/// The request line and headers, ready to send. Holds secrets. The caller's Host, Connection, Content-Length,
/// Transfer-Encoding, User-Agent, Accept-Encoding and Proxy-* headers are left out: those are the client's business.
/// Fails with errc::bad_batch_reply for a header that cannot be sent: only a batch reply names headers from outside.
outcome<std::string> encode_head(const request& what, const head_setting& setting);

/// `CONNECT host:port` for a tunnel through `proxy`. Holds secrets.
std::string encode_connect(const http::origin& to, const http::url_with_user& proxy, const std::string& user_agent);

/// `host`, with brackets where it is an IPv6 address, and `:port` unless it is the scheme's own.
std::string host_header(const http::origin& to);

/// Takes away what must not reach another origin: all but the headers that say which bytes are asked for, and how.
void drop_private_headers(request& what);

}  // namespace hfpipe::net

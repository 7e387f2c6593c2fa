#pragma once

#include "protocol/http/url.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::net {

/// The proxy on the way to `to`, or null for the direct way. Exceptions are host names (a name stands for its
/// subdomains too, with or without a leading dot), addresses, either with `:port`, or `*`. Loopback is always direct.
const http::url_with_user* proxy_for(const proxies& known, const http::origin& to);

}  // namespace hfpipe::net

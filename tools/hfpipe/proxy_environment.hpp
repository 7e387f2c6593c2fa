#pragma once

#include "protocol/failure.hpp"
#include "tools/hfpipe/environment.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::cli {

/// The proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name; lower-case spellings win, as with curl. A proxy without
/// a scheme is an http one. Fails with errc::bad_option, naming the variable and not its value.
outcome<net::proxies> proxies_of(const environment& env);

}  // namespace hfpipe::cli

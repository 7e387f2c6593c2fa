#pragma once

#include <string>
#include <string_view>

#include "protocol/failure.hpp"
#include "tools/forge/exchange.hpp"

namespace hfpipe::forge {

/// The status and headers that a CGI program printed before its blank line.
struct cgi_head {
  int status = 200;
  header_map headers;
};

/// `text` ends before the blank line. Fails with errc::bad_http_reply.
outcome<cgi_head> parse_cgi_head(std::string_view text);

}  // namespace hfpipe::forge

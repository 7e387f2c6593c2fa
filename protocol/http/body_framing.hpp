#pragma once

#include <string_view>
#include <variant>

#include "protocol/byte_count.hpp"
#include "protocol/failure.hpp"
#include "protocol/http/reply.hpp"

namespace hfpipe::http {

struct sized_reply {
  byte_count length;  ///< zero also where a reply has no body by nature: to HEAD, 204, 304
};
struct chunked_reply {};
struct reply_until_close {};
/// How the end of a reply's body is known.
using reply_framing = std::variant<sized_reply, chunked_reply, reply_until_close>;

/// Fails with errc::bad_http_reply: a Content-Length that is no number, more than one of them that differ, one beside
/// a Transfer-Encoding, a Transfer-Encoding other than chunked, a body in a Content-Encoding that nobody asked for.
outcome<reply_framing> framing_of(const reply_head& head, std::string_view method);

/// Whether a comma-separated header of that name holds `token`, in any case.
bool lists_token(const reply_head& head, std::string_view name, std::string_view token);

}  // namespace hfpipe::http

#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/byte_count.hpp"
#include "protocol/lfs/multipart.hpp"

// What the readers of a batch reply share (batch.cpp, multipart.cpp).

namespace hfpipe::lfs {

/// errc::bad_batch_reply: the reply breaks `rule`.
failure refuse_reply(std::string rule);

/// A member that is there and not null: Go servers write null for what they leave out.
const boost::json::value* member(const boost::json::object& of, std::string_view name);

/// Empty for what is not a string.
std::string_view text_of(const boost::json::value& value);

/// Resolves a link. Fails with errc::bad_batch_reply, and with errc::insecure_refused for one that leads from https to
/// plain http.
outcome<http::url> read_href(std::string_view href, const http::url& base);

/// Fails as read_href(), and with errc::bad_batch_reply for a header that would write others.
outcome<action> read_action(const boost::json::value& from, const http::url& base);

/// A size that fits. Fails with errc::bad_batch_reply.
outcome<byte_count> read_size(const boost::json::value& value);

/// The plan among an entry's actions; nothing when they are of a basic upload. `upload` is the entry's upload action:
/// the hub's plan hides in its headers.
/// Fails with errc::bad_batch_reply when the parts are not the object: their number, their sizes, their places.
outcome<std::optional<multipart_plan>> read_multipart(const boost::json::object& actions,
                                                      const std::optional<action>& upload, const lfs_object& object,
                                                      const http::url& base);

}  // namespace hfpipe::lfs

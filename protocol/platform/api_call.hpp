#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "protocol/failure.hpp"
#include "protocol/secret.hpp"

namespace hfpipe::platform {

/// One request to a host's own API. The body may hold the token of another host, so all of it is a secret.
struct api_call {
  std::string method;
  std::string path;  ///< behind the API's base, encoded, starts with '/'
  std::string content_type;
  secret body;
};

api_call get(std::string path);
api_call with_json(std::string method, std::string path, const boost::json::object& body);

/// Every byte but letters, digits and `-._~` as %XX, '/' too: one segment of a path.
std::string encoded_segment(std::string_view text);

/// Reads a reply that is an object. Fails with errc::remote_error.
outcome<boost::json::object> read_object(std::string_view body);
/// Empty for what is absent or no string.
std::string text_in(const boost::json::object& of, std::string_view member);
/// False for what is absent or no boolean.
bool flag_in(const boost::json::object& of, std::string_view member);

/// A whole reply; the longest in the wild, a project of GitLab's with all its settings, is near 10 KiB.
inline constexpr std::size_t api_reply_limit = 1024 * 1024;

}  // namespace hfpipe::platform

#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/failure.hpp"
#include "protocol/secret.hpp"

namespace hfpipe::http {

/// `file` is a folder of this machine: no connection goes there, and only what the user typed becomes one.
enum class scheme : std::uint8_t { http, https, file };

/// Who a connection is to, and whom a credential may be shown to.
struct origin {
  http::scheme scheme;
  std::string host;  ///< lower case, an IPv6 address without brackets
  std::uint16_t port;

  /// `https://host` or `https://host:8443`: the port only where it is not the scheme's own.
  std::string text() const;
  /// localhost, 127.0.0.0/8, ::1, or this machine's folders.
  bool is_loopback() const;
  auto operator<=>(const origin&) const = default;
};

struct url_with_user;

/// An absolute http or https URL without user info or fragment.
/// The query may be a signature, so the whole is a secret: only target() shows it, only shown() may be printed.
class url {
 public:
  /// Fails with errc::bad_url: another scheme, no host, user info, control characters, longer than url_limit.
  static outcome<url> parse(std::string_view text);
  /// The same for what a person typed: user info is taken off and returned beside it, never kept in the url.
  static outcome<url_with_user> parse_with_user(std::string_view text);

  /// `file://…`; the path is absolute and not encoded. parse() never makes one, so no server can name a file.
  static url of_folder(std::string_view path);

  bool is_folder() const { return origin_.scheme == scheme::file; }
  /// Of a folder: its path, decoded.
  std::string folder() const;
  const http::origin& origin() const { return origin_; }
  /// Percent-encoded, starts with '/'.
  const std::string& path() const { return path_; }
  /// Path and query for the request line. May hold a signature: never print it.
  secret target() const;
  /// Origin and path, for messages and results.
  std::string shown() const;

  /// The same URL with `suffix` (path characters, already encoded, starting with '/') added to the path and the query
  /// replaced by `query` (without '?', may be empty).
  url extended(std::string_view suffix, std::string_view query = {}) const;
  /// The same origin with another path (starting with '/') and no query.
  url at_path(std::string path) const;
  /// What a Location header means here. Fails with errc::bad_url.
  outcome<url> resolve(std::string_view location) const;

  bool operator==(const url&) const = default;

 private:
  url() = default;
  http::origin origin_{};
  std::string path_;
  secret query_;
};

struct url_with_user {
  http::url url;
  std::optional<std::string> user;
  std::optional<secret> password;
};

/// Signed URLs in the wild stay below 4 KiB; no header line of ours may exceed what servers accept.
inline constexpr std::size_t url_limit = 16 * 1024;

}  // namespace hfpipe::http

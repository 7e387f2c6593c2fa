#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/byte_count.hpp"
#include "protocol/failure.hpp"

namespace hfpipe::http {

/// Header names, and the words that stand as some values, compare without case.
bool is_same_name(std::string_view a, std::string_view b);

/// Status line and headers of a reply, as received. Names compare without case.
struct reply_head {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;

  /// The first value of that name, or nothing. The view lives as long as the head.
  std::optional<std::string_view> header(std::string_view name) const;
  bool is_success() const { return status >= 200 && status < 300; }
};

/// `Content-Range: bytes first-last/total`, checked: first <= last, and total holds that many bytes. Gitea sends
/// size - first as the total, so whether last < total is the caller's to judge.
struct content_range {
  byte_count first;
  byte_count last;
  std::optional<byte_count> total;  ///< absent for `*`
};
/// Fails with errc::bad_range_reply.
outcome<content_range> parse_content_range(std::string_view value);

/// How long the server asked us to wait: Retry-After (seconds or an HTTP date against `now`), else the hub's
/// `RateLimit: "…";r=0;t=SECONDS`, else the older RateLimit-Remaining and RateLimit-Reset. At most one hour; nothing when neither says anything usable.
std::optional<std::chrono::seconds> wait_asked_for(const reply_head& head, std::chrono::system_clock::time_point now);

/// What a status that is not a success means. `body` is the beginning of the error body (at most server_text_limit
/// bytes are used): a JSON `message`, `error` or `errors[0].message` in it is quoted, else plain text; of markup
/// only an object store's Code and Message. Queries of URLs are cut out of what is quoted.
/// The hub's X-Error-Code and X-Error-Message decide where present (RepoNotFound: not_found; GatedRepo: forbidden).
/// 404, 410 not_found · 401 unauthorized · 403 forbidden · 413 payload_too_large · 429 rate_limited ·
/// 5xx server_failed, but 501 refused and 507, 509 (space, bandwidth) forbidden · 3xx redirect_refused ·
/// 408 timed_out · otherwise unexpected_status.
failure failure_of(const reply_head& head, std::string_view body, std::chrono::system_clock::time_point now);

}  // namespace hfpipe::http

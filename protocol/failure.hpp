#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hfpipe {

/// What happened. One enumerator a kind; docs/errors.md has a row for each (a test compares the two).
/// The words, the cause and the usual remedy of each stand in one table, protocol/failure.cpp.
enum class errc {
  // the way there
  cannot_resolve,        ///< the host's name has no address
  cannot_connect,        ///< no address of the host accepts a connection
  connection_lost,       ///< the peer closed or reset in mid-conversation
  timed_out,             ///< our own clock fired; the innermost frame says which
  tls_failed,            ///< the TLS handshake failed for another reason than the certificate
  certificate_rejected,  ///< the certificate does not lead to a trusted CA or names another host
  proxy_refused,         ///< the proxy did not open a tunnel
  // HTTP
  bad_url,            ///< not a URL we can use
  bad_http_reply,     ///< not HTTP/1.1, or framed wrongly
  redirect_refused,   ///< a redirect we do not follow: of a POST, to plain http, too many
  unexpected_status,  ///< a status that has no meaning at this point
  not_found,          ///< 404 or 410, or 401 where the host hides what exists from the anonymous
  unauthorized,       ///< 401: the credentials are missing or wrong
  forbidden,          ///< 403: known, but not allowed
  payload_too_large,  ///< 413
  rate_limited,       ///< 429
  server_failed,      ///< 5xx
  insecure_refused,   ///< a credential or a transfer over plain http that nobody allowed
  // Git
  not_a_git_host,          ///< the answer is a page or a dumb repository, not smart HTTP
  bad_pkt_line,            ///< framing broken
  bad_advertisement,       ///< refs or capabilities that cannot be read
  bad_fetch_reply,         ///< a fetch answer that breaks the dialogue
  empty_reply,             ///< 200 with nothing in it: the server's git died
  remote_error,            ///< the server said ERR, or fatal on sideband 3
  ref_vanished,            ///< "not our ref": the source moved between listing and fetch
  object_format_mismatch,  ///< sha1 on one side, sha256 on the other
  shallow_source,          ///< the source is a shallow clone: its history has holes
  bad_push_report,         ///< the target's answer to the push cannot be read, or is missing
  push_refused,            ///< some refs were not moved: the target refused them, or they were not forced
  ref_mismatch,            ///< read back after the push, the target shows another value
  bad_ref_name,            ///< breaks git check-ref-format
  bad_refspec,             ///< not a refspec we understand
  bad_oid,                 ///< not an object id
  // pack
  pack_corrupt,     ///< checksum, zlib or delta broken
  pack_truncated,   ///< ended before its trailer or without the closing flush
  walk_incomplete,  ///< some small objects could not be resolved within the memory bound
  // LFS
  bad_batch_reply,   ///< not the LFS batch API's JSON
  lfs_unavailable,   ///< the host has no LFS API for this repository
  object_missing,    ///< the object is not there
  object_refused,    ///< the target refuses the object
  upload_lost,       ///< the target forgot an upload in parts that it had begun
  digest_mismatch,   ///< the bytes are not what their SHA-256 says
  size_mismatch,     ///< more or fewer bytes than named
  bad_range_reply,   ///< a Content-Range that is not what was asked
  blobs_incomplete,  ///< some objects failed, so no ref was moved
  // ourselves
  budget_exceeded,  ///< more memory asked for than --max-buffer-memory can ever give
  limit_exceeded,   ///< the other side sent more than a named limit allows
  file_failed,      ///< this machine's file system refused: full, read-only, no right, damaged
  bad_option,       ///< a flag, variable or file of the user's that cannot be used
  cancelled,        ///< somebody asked us to stop
  internal,         ///< a mistake of ours
};

/// What to do about it.
enum class cause {
  transient,  ///< the same again, later, may work
  refused,    ///< the other side said no; asking again changes nothing
  corrupt,    ///< the bytes are wrong
  exhausted,  ///< a bound of ours was reached
  usage,      ///< the user's input
  ended,      ///< cancelled
};

/// Whose fault, as far as we know.
enum class side { unknown, source, target };

struct errc_facts {
  errc code;
  std::string_view name;     ///< the enumerator's own name
  std::string_view message;  ///< one clause, no capital, no full stop
  hfpipe::cause cause;
  std::string_view remedy;  ///< used as the hint where the place of failure knows no better one; may be empty
};

/// Every errc in order of declaration.
const std::vector<errc_facts>& all_errors();
const errc_facts& facts_of(errc code);
std::string_view to_text(side which);

/// What, where, who, and what now. Built at the place of failure; every layer above adds one frame with at().
/// No part of it may hold a secret: URLs enter through http::url::shown().
class failure {
 public:
  /// For boost::system::result, which makes one when asked for the error of a value: reads as errc::internal.
  failure() = default;
  explicit failure(errc code) : code_(code) {}

  /// Adds a frame: a noun an operator knows (a host, a ref, an oid). Innermost first.
  failure at(std::string frame) &&;
  /// What was seen: a system message or the server's words. Server text goes through clean_server_text() first.
  failure detail(std::string text) &&;
  failure hint(std::string sentence) &&;
  /// Keeps the first blame: a source failure that surfaces inside the target's upload stays the source's.
  failure blame(side who) &&;
  failure retry_after(std::chrono::seconds wait) &&;
  failure http_status(int status) &&;

  void add_frame(std::string frame) { where_.push_back(std::move(frame)); }
  void add_blame(side who) {
    if (side_ == side::unknown) side_ = who;
  }

  errc code() const { return code_; }
  hfpipe::cause cause() const { return facts_of(code_).cause; }
  const std::vector<std::string>& where() const { return where_; }
  const std::string& detail() const { return detail_; }
  std::string_view hint() const { return hint_.empty() ? facts_of(code_).remedy : std::string_view(hint_); }
  side blamed() const { return side_; }
  std::optional<std::chrono::seconds> retry_after() const { return retry_after_; }
  std::optional<int> http_status() const { return http_status_ == 0 ? std::nullopt : std::optional(http_status_); }

  /// `content does not match its digest: got ba78…` — message and detail, one line.
  std::string what() const;

 private:
  errc code_ = errc::internal;
  side side_ = side::unknown;
  std::vector<std::string> where_;
  std::string detail_;
  std::string hint_;
  std::optional<std::chrono::seconds> retry_after_;
  int http_status_ = 0;  ///< none; never uninitialised, because an optimiser looks at it before it asks
};

/// The one exception above the socket.
class failed : public std::exception {
 public:
  explicit failed(failure why) : why_(std::move(why)), text_(why_.what()) {}
  const char* what() const noexcept override { return text_.c_str(); }
  const failure& why() const { return why_; }
  failure& why() { return why_; }

 private:
  failure why_;
  std::string text_;
};

/// A value, or why not. `.value()` throws `failed`: the bridge from protocol/ to coroutines.
template <class T>
using outcome = boost::system::result<T, failure>;

[[noreturn]] void throw_exception_from_error(const failure& why, const boost::source_location&);

/// Most of a server's words that a message repeats.
inline constexpr std::size_t server_text_limit = 4096;

/// Server text is data: of its first server_text_limit bytes at most `most`, control characters escaped, line ends as
/// ` / `, trailing white space and NULs gone, and of URLs neither the query (signatures) nor user and password.
/// Who wants less gives `most` and not a part: a URL that is cut no longer shows where its password ends.
std::string clean_server_text(std::string_view raw, std::size_t most = server_text_limit);

}  // namespace hfpipe

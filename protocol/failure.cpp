#include "protocol/failure.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hfpipe {

const std::vector<errc_facts>& all_errors() {
  using enum cause;
  static const std::vector<errc_facts> table{
      {errc::cannot_resolve, "cannot_resolve", "the host's name cannot be resolved", transient,
       "check the spelling of the host and this machine's DNS"},
      {errc::cannot_connect, "cannot_connect", "cannot connect", transient,
       "check that the host is up and reachable from here, and whether HTTPS_PROXY must be set"},
      {errc::connection_lost, "connection_lost", "the connection broke off", transient, "run the same command again"},
      {errc::timed_out, "timed_out", "nothing arrived in time", transient, "run the same command again"},
      {errc::tls_failed, "tls_failed", "the TLS handshake failed", transient,
       "check that the port speaks TLS 1.2 or newer"},
      {errc::certificate_rejected, "certificate_rejected", "the server's certificate is not trusted", refused,
       "give the CA that signed it with --ca-cert FILE"},
      {errc::proxy_refused, "proxy_refused", "the proxy refused to connect", refused,
       "check HTTPS_PROXY and its credentials, or name the host in NO_PROXY"},
      {errc::bad_url, "bad_url", "not a usable URL", usage, "write it as https://host/owner/name"},
      {errc::bad_http_reply, "bad_http_reply", "the answer is not proper HTTP", transient,
       "check that the URL and its port are an HTTP server's"},
      {errc::redirect_refused, "redirect_refused", "a redirect that is not followed", refused,
       "use the address it points to, if you trust it"},
      {errc::unexpected_status, "unexpected_status", "an unexpected HTTP status", refused, ""},
      {errc::not_found, "not_found", "not found", refused, "check the name; a private repository needs a token"},
      {errc::unauthorized, "unauthorized", "the credentials were refused", refused,
       "check the token: that it is complete, not expired, and for this host"},
      {errc::forbidden, "forbidden", "not allowed", refused, "the token needs more rights on this repository"},
      {errc::payload_too_large, "payload_too_large", "the server refuses a body of this size", refused,
       "raise the limit of the host or its proxy (nginx: client_max_body_size)"},
      {errc::rate_limited, "rate_limited", "too many requests", transient, "wait, then run the same command again"},
      {errc::server_failed, "server_failed", "the server failed", transient, "run the same command again"},
      {errc::insecure_refused, "insecure_refused", "refusing plain http", refused,
       "use https, or --allow-http if you accept that everybody on the way can read it"},
      {errc::not_a_git_host, "not_a_git_host", "no Git smart HTTP at this address", refused,
       "check that the URL is a repository's"},
      {errc::bad_pkt_line, "bad_pkt_line", "broken pkt-line framing", corrupt, ""},
      {errc::bad_advertisement, "bad_advertisement", "the list of refs cannot be read", corrupt, ""},
      {errc::bad_fetch_reply, "bad_fetch_reply", "the answer to the fetch cannot be read", corrupt, ""},
      {errc::empty_reply, "empty_reply", "the server answered with nothing", transient,
       "its git ended early; run again, and look into the server's log if it stays"},
      {errc::remote_error, "remote_error", "the server reported an error", refused, ""},
      {errc::ref_vanished, "ref_vanished", "a ref moved while it was being read", transient,
       "run the same command again"},
      {errc::object_format_mismatch, "object_format_mismatch", "the two sides use different object formats", refused,
       "create the target repository with the source's object format"},
      {errc::shallow_source, "shallow_source", "the source is a shallow clone", refused,
       "complete it at the source with git fetch --unshallow"},
      {errc::bad_push_report, "bad_push_report", "the target's answer to the push cannot be read", transient,
       "run again: what the target already has is not sent twice"},
      {errc::push_refused, "push_refused", "refs were refused", refused, ""},
      {errc::ref_mismatch, "ref_mismatch", "the target shows another value than was pushed", transient,
       "somebody else may be pushing there; run again"},
      {errc::bad_ref_name, "bad_ref_name", "not a valid ref name", corrupt, ""},
      {errc::bad_refspec, "bad_refspec", "not a usable refspec", usage,
       "name refs in full: refs/heads/main, +refs/heads/main:refs/heads/master, +refs/heads/*:refs/heads/*"},
      {errc::bad_oid, "bad_oid", "not an object id", corrupt, ""},
      {errc::pack_corrupt, "pack_corrupt", "the pack is corrupt", corrupt,
       "run again; if it stays, run git fsck at the source"},
      {errc::pack_truncated, "pack_truncated", "the pack ended early", transient, "run the same command again"},
      {errc::walk_incomplete, "walk_incomplete", "not every LFS pointer could be found within the memory bound",
       exhausted, "give more with --max-buffer-memory, or go on without them with --allow-unscanned"},
      {errc::bad_batch_reply, "bad_batch_reply", "the answer of the LFS batch API cannot be read", corrupt,
       "check that the host's LFS API is at <repository>.git/info/lfs"},
      {errc::lfs_unavailable, "lfs_unavailable", "the host offers no LFS for this repository", refused,
       "switch LFS on for the repository or the server"},
      {errc::object_missing, "object_missing", "the object is not there", refused,
       "upload it at the source with git lfs push --all"},
      {errc::object_refused, "object_refused", "the target refuses the object", refused, ""},
      {errc::upload_lost, "upload_lost", "the target forgot an upload that it had begun", transient,
       "run the same command again"},
      {errc::digest_mismatch, "digest_mismatch", "content does not match its digest", corrupt,
       "run again, or upload that file again at the source"},
      {errc::size_mismatch, "size_mismatch", "content has another size than named", corrupt,
       "run again, or upload that file again at the source"},
      {errc::bad_range_reply, "bad_range_reply", "the server sent another range than asked", corrupt, ""},
      {errc::blobs_incomplete, "blobs_incomplete", "some LFS objects could not be copied, so no ref was moved",
       transient, "run the same command again: what arrived is not sent twice"},
      {errc::budget_exceeded, "budget_exceeded", "more memory is needed than allowed", exhausted,
       "give more with --max-buffer-memory"},
      {errc::limit_exceeded, "limit_exceeded", "the other side sent more than can be right", corrupt, ""},
      {errc::file_failed, "file_failed", "a file of this machine cannot be read or written", refused, ""},
      {errc::bad_option, "bad_option", "cannot use what was given", usage, "see hfpipe --help"},
      {errc::cancelled, "cancelled", "stopped on request", ended,
       "run the same command again: what arrived is not sent twice"},
      {errc::internal, "internal", "a mistake in hfpipe", refused, "please report it with the command and this output"},
  };
  return table;
}

const errc_facts& facts_of(errc code) {
  return all_errors().at(static_cast<std::size_t>(code));
}

std::string_view to_text(side which) {
  constexpr std::array<std::string_view, 3> names{"unknown", "source", "target"};
  return names.at(static_cast<std::size_t>(which));
}

failure failure::at(std::string frame) && {
  where_.push_back(std::move(frame));
  return std::move(*this);
}

failure failure::detail(std::string text) && {
  detail_ = std::move(text);
  return std::move(*this);
}

failure failure::hint(std::string sentence) && {
  hint_ = std::move(sentence);
  return std::move(*this);
}

failure failure::blame(side who) && {
  add_blame(who);
  return std::move(*this);
}

failure failure::retry_after(std::chrono::seconds wait) && {
  retry_after_ = wait;
  return std::move(*this);
}

failure failure::http_status(int status) && {
  http_status_ = status;
  return std::move(*this);
}

std::string failure::what() const {
  std::string text(facts_of(code_).message);
  if (!detail_.empty()) text += ": " + detail_;
  return text;
}

void throw_exception_from_error(const failure& why, const boost::source_location&) {
  throw failed(why);
}

namespace {

constexpr std::string_view word_ends = " \t\r\n\"'<>,";

/// The length of `user:password@` at the start of what stands behind a `://`; 0 without one. A text that was cut in its
/// authority may have lost the `@`: then all that is left counts as secret.
std::size_t user_info_length(std::string_view authority, bool was_cut) {
  const std::size_t end = std::min(authority.find_first_of("/\\?#"), authority.find_first_of(word_ends));
  if (was_cut && end == authority.npos) return authority.size();
  const std::size_t at = authority.substr(0, end).rfind('@');
  return at == authority.npos ? 0 : at + 1;
}

/// The length of what stands between a scheme and its authority, also as some write it in JSON; 0 for anything else.
std::size_t authority_mark_length(std::string_view text) {
  for (const std::string_view mark : {"://", ":\\/\\/"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

/// A server that quotes a URL back would make us print what is secret in it: a question mark inside a word ends it,
/// and who stands before the host is cut out.
std::string without_url_secrets(std::string_view text, bool was_cut) {
  std::string clean;
  while (!text.empty()) {
    if (const std::size_t mark = authority_mark_length(text); mark != 0) {
      clean += text.substr(0, mark);
      text.remove_prefix(mark);
      const std::size_t user = user_info_length(text, was_cut);
      if (user != 0) clean += user == text.size() ? "..." : "...@";
      text.remove_prefix(user);
    } else if (text.front() == '?') {
      clean += '?';
      text.remove_prefix(1);
      const std::size_t end = std::min(text.find_first_of(word_ends), text.size());
      if (end != 0) clean += "...";
      text.remove_prefix(end);
    } else {
      const std::size_t next = std::min(text.find_first_of(":?", 1), text.size());
      clean += text.substr(0, next);
      text.remove_prefix(next);
    }
  }
  return clean;
}

}  // namespace

std::string clean_server_text(std::string_view raw, std::size_t most) {
  const std::string safe = without_url_secrets(raw.substr(0, server_text_limit), raw.size() >= server_text_limit);
  raw = safe;
  while (!raw.empty() && (static_cast<unsigned char>(raw.back()) <= ' ')) raw.remove_suffix(1);
  std::string clean;
  clean.reserve(raw.size());
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r' || c == '\0') continue;
    if (c == '\n') {
      clean += " / ";
    } else if (c == '\t') {
      clean += ' ';
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view digits = "0123456789abcdef";
      clean += "\\x";
      clean += digits[byte >> 4];
      clean += digits[byte & 15];
    } else {
      clean += c;
    }
  }
  clean.resize(std::min(clean.size(), most));
  return clean;
}

}  // namespace hfpipe

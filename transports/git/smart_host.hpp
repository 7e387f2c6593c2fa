#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "protocol/git/advertisement.hpp"
#include "protocol/git/ls_refs.hpp"
#include "protocol/http/credential.hpp"
#include "protocol/http/url.hpp"
#include "transports/net/http_client.hpp"
#include "transports/repository_location.hpp"
#include "transports/task.hpp"

namespace hfpipe::git {

/// One repository behind Git's smart HTTP: what fetching and pushing share. The client must outlive it.
class smart_host {
 public:
  smart_host(net::http_client& client, repository_location where, std::optional<http::credential> credential);

  /// GET info/refs. Follows redirects and moves the address to where they lead: a POST follows none.
  /// Asks upload-pack for protocol v2, receive-pack for nothing: the header makes http-backend drop the banner there.
  /// Fails as net::failure_of() and advertisement_parser do, with errc::not_a_git_host for an answer of another type.
  task<advertisement> advertise(service which);

  /// The refs: those of `advertised`, or for v2, which lists none there, those of an ls-refs call.
  task<ref_listing> list_refs(advertisement advertised, ls_refs_scope scope);

  /// Opens a v0 POST, whose body the caller writes.
  task<net::exchange> open_post(service which, net::body_framing framing);
  /// Sends a whole body, compressed where that is worth it; does not wait for the reply. `version` is what the service
  /// advertised.
  task<net::exchange> post(service which, protocol_version version, std::string body);

 private:
  net::request make_post(service which, protocol_version version) const;

  net::http_client& client_;
  repository_location where_;
  std::optional<http::credential> credential_;
};

/// Waits for the reply of a POST, at most `patience` for its first byte where given.
/// Fails as net::failure_of() does, with `otherwise` for an answer of another type than the service's result.
task<> await_result(net::exchange& posted, service which, errc otherwise, std::optional<duration> patience = {});

/// The value, or throws with the URL of `from` as its frame.
template <class T>
T value_from(const net::exchange& from, outcome<T> got) {
  if (got.has_error()) throw failed(std::move(got).error().at(from.url().shown()));
  if constexpr (!std::is_void_v<T>) return std::move(*got);
}

/// A request beyond this is compressed: where git itself begins to, so every server takes it.
inline constexpr std::size_t gzip_threshold = 1024;

}  // namespace hfpipe::git

#pragma once

#include <string>
#include <string_view>

#include "protocol/http/url.hpp"
#include "protocol/secret.hpp"

namespace hfpipe::http {

/// A header of a request. Values are secrets because some are; names never are.
struct header_field {
  std::string name;
  secret value;
};

/// An Authorization value and the one origin that may see it.
/// The HTTP client asks allows() for every request and every hop of a redirect; nobody else attaches credentials.
class credential {
 public:
  /// `Basic base64(user:password)`.
  static credential basic(http::origin shown_to, std::string_view user, const secret& password);

  bool allows(const http::origin& to) const { return shown_to_ == to; }
  const secret& authorization() const { return authorization_; }
  const http::origin& shown_to() const { return shown_to_; }
  /// For hosts that want it in a form of their own.
  const secret& password() const { return password_; }

 private:
  credential(http::origin shown_to, secret authorization, secret password)
      : shown_to_(std::move(shown_to)), authorization_(std::move(authorization)), password_(std::move(password)) {}
  http::origin shown_to_;
  secret authorization_;
  secret password_;
};

}  // namespace hfpipe::http

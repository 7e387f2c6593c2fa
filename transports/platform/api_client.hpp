#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/platform/api_call.hpp"
#include "protocol/platform/repository_place.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::platform {

/// What an API answered: a body, or a refusal.
struct api_answer {
  std::string body;                ///< of a success
  std::optional<failure> refusal;  ///< of any other status
  int status = 0;

  /// Throws the refusal as `failed`.
  const std::string& value() const;
};

/// How a host of that kind wants its token; none for an empty one.
std::vector<http::header_field> api_login(host_kind kind, const secret& token);

struct api_options {
  /// For the answer to what changes something, which comes when the host has done its work. A question is answered
  /// within the client's timeouts.idle, as any request.
  duration patience = std::chrono::minutes(15);
};

/// Calls the API at one base. What `login` holds goes to the base's origin and, since no redirect is followed, nowhere
/// else.
class api_client {
 public:
  /// `client` must outlive this. `base` has no '/' at its end.
  api_client(net::http_client& client, http::url base, std::vector<http::header_field> login, api_options options = {});

  /// Fails as net::http_client::start() and with errc::limit_exceeded; a status that is no success is an answer.
  task<api_answer> call(api_call what);

  const http::url& base() const { return base_; }

 private:
  net::http_client& client_;
  http::url base_;
  std::vector<http::header_field> login_;
  api_options options_;
};

/// What kind of host is at `repository`'s origin, by two questions without any credential; nothing when neither answer
/// is one that GitLab or Gitea gives. Fails as api_client::call(), and with an answer that says "not now" where no
/// other answer tells.
task<std::optional<host_kind>> ask_kind(net::http_client& client, http::url repository);

}  // namespace hfpipe::platform

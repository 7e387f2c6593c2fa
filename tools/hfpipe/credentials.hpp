#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/failure.hpp"
#include "protocol/http/credential.hpp"
#include "tools/hfpipe/address.hpp"
#include "tools/hfpipe/environment.hpp"

namespace hfpipe::cli {

/// Who is asked for credentials, and what the user named on purpose.
struct credential_question {
  const repository_address& source;
  const repository_address& target;
  const http::url& hub;
  std::string source_token_file;  ///< `-` is standard input; empty: none
  std::string target_token_file;
};

/// A name and a password or token, for what is no Authorization header of ours: a platform's API.
struct login {
  std::string user;
  secret password;
};

struct credentials {
  std::optional<http::credential> source;
  std::optional<http::credential> target;
  std::optional<login> source_login;  ///< what `source` is made of
  std::optional<login> target_login;
  std::vector<std::string> notes;  ///< why a token that is there is not sent, who else can read it; without secrets
};

/// Decides what each side may see. The first that there is, from what was written for this command to what lies around:
///   source: inline · --source-token-file · HF_TOKEN, HUGGING_FACE_HUB_TOKEN, the file HF_TOKEN_PATH, $HF_HOME/token ·
///           the file that `hf auth login` writes (only where the source is on the hub: nobody named it for another) ·
///           .netrc
///   target: inline · --target-token-file · TARGET_TOKEN · where the target is on the hub, the hub's token · .netrc
/// .netrc is the file NETRC or ~/.netrc, asked for the host alone.
/// Each is bound to the origin of its own side. The hub's token and what .netrc says go over https or to loopback only,
/// whatever --allow-http says. White space around tokens is taken off; an empty token is none.
/// Fails with errc::bad_option when a file that a flag names cannot be read, is empty or is standard input twice.
outcome<credentials> gather_credentials(const credential_question& ask, const environment& env,
                                        const file_reader& read_file);

/// The token of the target's platform API: GITLAB_API_TOKEN; empty where it is not set.
secret api_token_of(const environment& env);

}  // namespace hfpipe::cli

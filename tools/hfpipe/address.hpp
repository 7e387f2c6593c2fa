#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/failure.hpp"
#include "protocol/http/url.hpp"
#include "protocol/secret.hpp"

namespace hfpipe::cli {

/// Where plain http may go.
enum class plain_http { loopback_only, anywhere };

/// A repository that somebody named, with what they wrote before its `@`.
struct repository_address {
  http::url url;                    ///< the repository; no user info, no query, no trailing '/'
  std::optional<std::string> user;  ///< some hosts take a token here: never printed
  std::optional<secret> password;
  std::string revision = {};  ///< of the hub: the branch, tag or whole ref that alone is meant; empty: none is named
};

/// The hub: HF_ENDPOINT, or https://huggingface.co where `configured` is empty.
/// Fails with errc::bad_url or errc::insecure_refused.
outcome<http::url> hub_endpoint(std::string_view configured, plain_http allowed);

/// The URL of a platform's API that somebody named, without '/' at its end.
/// Fails with errc::bad_url or errc::insecure_refused.
outcome<http::url> api_base(std::string_view text, plain_http allowed);

/// Reads SOURCE or TARGET: `[models/|datasets/|spaces/]owner/name` and `hf://` before the same are on `hub`, with
/// `@REVISION` behind or, as in a browser, `/tree/REVISION` behind its URL; else an absolute https URL (or http, as
/// `allowed` says), whose `.git` or lack of it is kept; or a repository on this machine: `file:///…`, `/…`, `./…`,
/// `../…`, made absolute from the current folder. Pages of hosts: see page_at(). Fails with errc::bad_url or
/// errc::insecure_refused; the failure shows neither user info nor query, and says what to write for a page.
outcome<repository_address> parse_address(std::string_view text, const http::url& hub, plain_http allowed);

}  // namespace hfpipe::cli

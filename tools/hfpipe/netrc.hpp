#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/failure.hpp"
#include "protocol/secret.hpp"

namespace hfpipe::cli {

/// What a .netrc says of one host.
struct netrc_entry {
  std::optional<std::string> host;  ///< absent: `default`, any host
  std::string user;                 ///< may be empty
  secret password;                  ///< may be empty
};

/// Reads a .netrc: `machine HOST`, `default`, `login`, `password`, `account`, values in double quotes or bare, comments
/// behind # where a word could start an entry. Macros are skipped, and so are words that nobody knows.
/// Fails with errc::bad_option, naming line and column: a word without its value, a quote that is never closed.
outcome<std::vector<netrc_entry>> parse_netrc(std::string_view text);

/// The first entry with a password for `host` (and for `user`, where one is given and the entry names one), else
/// `default`; null without one. Lives as long as `entries`.
const netrc_entry* find_netrc(const std::vector<netrc_entry>& entries, std::string_view host, std::string_view user);

}  // namespace hfpipe::cli

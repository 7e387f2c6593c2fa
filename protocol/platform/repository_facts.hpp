#pragma once

#include <string>
#include <string_view>

#include "protocol/http/url.hpp"
#include "protocol/secret.hpp"

namespace hfpipe::platform {

/// Who may read a repository: its members, or everybody.
enum class openness { private_, public_ };

/// As all of these hosts and our own words have it.
constexpr std::string_view to_text(openness open) {
  return open == openness::public_ ? "public" : "private";
}

/// What a host's API says of a repository.
struct repository_facts {
  openness open = openness::private_;
  std::string default_branch;  ///< the short name; empty where the API does not say it
  bool pulls = false;          ///< it is a pull mirror
  bool pulled = true;          ///< false: a pull mirror whose first pull is not over, or failed
  std::string pulls_from;      ///< its URL, cleaned, where the API says it
};

/// Where a pull mirror reads, and with what.
struct mirror_source {
  http::url url;
  std::string user;
  secret token;  ///< empty: none is needed
};

/// What a pull mirror does at one moment. The times are the host's own words: they are only ever compared for equality,
/// so neither its clock nor its zone matters.
struct mirror_state {
  enum class activity { idle, scheduled, running, finished, failed };
  activity now = activity::idle;
  std::string started;  ///< when its last update began; empty: never, or not told
  std::string ended;    ///< when its last update ended, well or not; empty: never
  std::string error;    ///< of its last update, cleaned; empty: none
};

}  // namespace hfpipe::platform

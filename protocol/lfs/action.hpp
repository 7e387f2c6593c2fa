#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "protocol/http/credential.hpp"
#include "protocol/http/url.hpp"

namespace hfpipe::lfs {

/// What the batch API tells us to do with one object: where, with which headers, until when.
struct action {
  http::url href;
  std::vector<http::header_field> header;
  std::optional<std::chrono::seconds> expires_in;                   ///< wins over expires_at
  std::optional<std::chrono::system_clock::time_point> expires_at;  ///< year-1 times of Gitea are absent
};

}  // namespace hfpipe::lfs

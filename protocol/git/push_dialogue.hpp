#pragma once

#include <string>
#include <vector>

#include "protocol/ref_name.hpp"

namespace hfpipe::git {

/// One line of a push: move `name` from `old_id` to `new_id`. Zero old creates, zero new deletes.
struct ref_command {
  ref_name name;
  git_oid old_id;
  git_oid new_id;
  bool operator==(const ref_command&) const = default;
};

/// The target's verdict on one command.
struct ref_verdict {
  ref_name name;
  bool accepted = false;
  std::string reason;  ///< the server's words after `ng`, cleaned; empty when accepted
};

/// report-status, read. The verdicts come in the server's order and need not cover every command.
struct push_report {
  bool unpacked = false;
  std::string unpack_error;               ///< the server's words after `unpack`, cleaned; empty when unpacked
  std::vector<ref_verdict> verdicts;      ///<
  std::vector<std::string> remote_lines;  ///< sideband 2: what git shows as `remote: …`, cleaned, the last 100
};

}  // namespace hfpipe::git

#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.hpp"

namespace hfpipe::testing {

/// One run of hfpipe, and what it said.
struct hfpipe_run {
  child_result process;
  boost::json::object document;  ///< what --format json printed; empty when that was no document

  int exit_code() const { return process.exit_code; }
  /// The document's `error.what`, `error.side` and `error.hint`; empty without an error.
  std::string error(std::string_view member = "what") const;
  /// The number at `path`, `lfs.sent`; -1 when there is none.
  std::int64_t number(std::string_view path) const;
  /// The member of every row of "refs", by ref name.
  std::map<std::string, std::string> refs(std::string_view member) const;
  /// For a failed check: the exit code and all that was said.
  std::string said() const;
};

/// `hfpipe copy FROM TO --format json FLAGS…` in `home`, in an environment without any setting of hfpipe's.
child_command copy_command(const std::string& from, const std::string& to, std::vector<std::string> flags,
                           const std::filesystem::path& home);

/// Reads what an ended hfpipe printed. Throws std::runtime_error when one of `secrets` or an Authorization value stands
/// in what it said, and when it left a file in `home`: no story may end so.
hfpipe_run checked_run(child_result ended, const std::vector<std::string>& secrets, const std::filesystem::path& home);

/// The string at `member`; empty when there is none.
std::string text_in(const boost::json::object& at, std::string_view member);

}  // namespace hfpipe::testing

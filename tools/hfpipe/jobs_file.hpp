#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/failure.hpp"
#include "tools/hfpipe/command_line.hpp"

namespace hfpipe::cli {

/// What a name of this kind of credential stands for under `credential:`.
enum class credential_role { source_token, source_username, target_token, target_username, api_token };

/// The variable that holds a credential. The file names variables and holds no token itself.
struct named_variable {
  std::string given_as;  ///< `jobs.yaml:12:7 credential.source`
  std::string variable;
};

/// One repository to copy, in words: as a command line says it, keyed by the flags' long names, `source` and `target`
/// among them. A switch that is off is a setting without a value.
struct listed_job {
  std::string name;   ///< of the job in tables and logs; the source's, or what `name:` says
  std::string place;  ///< `jobs.yaml:9:3`
  std::map<std::string, setting, std::less<>> settings;
  std::map<credential_role, named_variable> credentials;
};

/// Reads a jobs file:
///
///     defaults:                       # any flag of hfpipe copy by its long name
///       mirror: true
///     jobs:
///       - source: owner/name
///         target: https://gitlab.example.com/models/name.git
///         name: a name                # in the summary; the source's where it is not given
///         refs: [refs/heads/main]     # overrides what the defaults say
///         credential:                 # names of variables
///           target: GITLAB_TOKEN
///
/// What a job says wins over the defaults, member by member. `file` is the file's name for messages.
/// Fails with errc::bad_option, naming line and column: no YAML, an unknown key (the hint names the nearest), a key
/// twice, a value of another kind, a job without source or target, two jobs of one name, no job, or more than
/// most_jobs. The failure repeats no value.
outcome<std::vector<listed_job>> read_jobs(std::string_view text, const std::string& file);

/// Each has a row in the summary and a document in the JSON; a file of the largest size that is read has no more.
inline constexpr std::size_t most_jobs = 10'000;

}  // namespace hfpipe::cli

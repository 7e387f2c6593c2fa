#pragma once

#include <cstdint>
#include <optional>

#include "engine/events.hpp"
#include "engine/retry_plan.hpp"
#include "protocol/platform/repository_facts.hpp"
#include "transports/repository_host.hpp"

namespace hfpipe {

struct mirror_options {
  duration patience = std::chrono::minutes(15);  ///< for the update that is asked for
  duration first_look = std::chrono::seconds(1);
  duration longest_look = std::chrono::seconds(15);  ///< between two looks; they double until then
  retry_policy retries;
};

/// How far it came.
enum class mirror_stage { not_set_up, set_up, updating, updated };
std::string_view to_text(mirror_stage stage);

struct mirror_result {
  mirror_stage stage = mirror_stage::not_set_up;
  bool created = false;  ///< the repository, by this run
  std::uint64_t retries = 0;
  std::optional<failure> error;
};

/// Makes a repository pull from `from`, asks for an update and follows it to its end. Does not throw `failed`.
/// Fails with what the host answers; errc::remote_error with the host's words when the update failed; errc::timed_out
/// when it did not end within options.patience: it goes on without us.
/// Cancelled: the repository may have become a mirror, and its update goes on.
task<mirror_result> run_pull_mirror(mirror_host& host, platform::mirror_source from, mirror_options options,
                                    observer& watcher);

}  // namespace hfpipe

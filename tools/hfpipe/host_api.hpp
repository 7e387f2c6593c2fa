#pragma once

#include <memory>
#include <optional>

#include "protocol/platform/repository_place.hpp"
#include "tools/hfpipe/options.hpp"
#include "tools/hfpipe/run_report.hpp"
#include "transports/repository_host.hpp"

namespace hfpipe::cli {

/// A repository seen through its host's API.
struct hosted_repository {
  platform::host_kind kind;
  std::shared_ptr<repository_host> repository;
  std::shared_ptr<mirror_host> mirror;  ///< null where the host cannot pull
};

/// Whose repository, and what is known of its API.
struct host_question {
  http::url repository;
  std::optional<login> who;
  std::optional<http::url> hub;
  api_choice choice;
  duration patience;  ///< for an answer
};

/// Finds out whose API the repository's host speaks: what the user said, what its name says, else by asking it without
/// any credential. Fails with errc::bad_option when that leads to none.
task<hosted_repository> find_host(net::http_client& client, host_question ask);

/// Creates the target where request.creation asks for it; a dry run only finds out whether it would. What fails for now
/// is tried again from its beginning, so what an earlier try did is seen. Fails as repository_host::create().
task<> create_target(net::http_client& client, const copy_request& request, observer& watcher, host_work& done);

/// Makes `branch`, a branch of the target, its default. Tried again as create_target().
task<> set_default_branch(net::http_client& client, const copy_request& request, ref_name branch, observer& watcher,
                          host_work& done);

/// Sets up the pull mirror that `request` asks for. `platform` is set as soon as it is known.
task<mirror_result> run_mirror(const mirror_request& request, observer& watcher, std::string& platform);

}  // namespace hfpipe::cli

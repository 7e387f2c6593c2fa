#pragma once

#include <optional>
#include <vector>

#include "transports/endpoint.hpp"
#include "transports/git/smart_host.hpp"

namespace hfpipe::git {

struct receive_pack_options {
  atomicity mode = atomicity::each_ref_for_itself;
  duration finalise = std::chrono::minutes(15);  ///< a server unpacks, checks and runs hooks before it reports
};

/// The target of refs and packs: git-receive-pack over smart HTTP.
/// Failures carry side::target, but those of a pack keep their own. The client must outlive it.
class receive_pack final : public git_target {
 public:
  receive_pack(net::http_client& client, repository_location where, std::optional<http::credential> credential,
               receive_pack_options options = {});

  task<target_listing> list(listed_refs what) override;
  task<> probe() override;
  /// A pack without `length` is chunked; when it fails, the body is ended early and properly, and the server drops what
  /// it has. Of a pack with `length` only a cancellation can be the failure, since it is in memory: the connection is
  /// then cut, as it is by a cancellation in the middle of a write.
  task<push_report> push(std::vector<ref_command> commands, chunk_source* pack,
                         std::optional<byte_count> length) override;

 private:
  task<target_listing> do_list(listed_refs what);
  task<std::optional<ref_name>> find_default_branch();
  task<> do_probe();
  task<push_report> do_push(std::vector<ref_command> commands, chunk_source* pack, std::optional<byte_count> length);

  smart_host host_;
  receive_pack_options options_;
  capabilities can_;  ///< what list() learned
};

}  // namespace hfpipe::git

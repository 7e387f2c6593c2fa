#pragma once

#include "transports/platform/api_client.hpp"
#include "transports/repository_host.hpp"

namespace hfpipe::platform {

/// A GitLab project, over its API v4. Pull mirroring is in Premium and Ultimate only: other editions fail with
/// errc::forbidden.
class gitlab_host final : public repository_host, public mirror_host {
 public:
  gitlab_host(api_client api, repository_place place) : api_(std::move(api)), place_(std::move(place)) {}

  task<std::optional<repository_facts>> find() override;
  /// Fails with errc::not_found when the group is not there.
  task<bool> create(openness open) override;
  task<> set_default_branch(std::string branch) override;

  /// Fails with errc::not_found when the project is not there.
  task<mirror_setup> set_up(mirror_source from) override;
  task<mirror_state> state() override;
  task<> start_update() override;

 private:
  api_client api_;
  repository_place place_;
};

}  // namespace hfpipe::platform

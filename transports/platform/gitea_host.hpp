#pragma once

#include "transports/platform/api_client.hpp"
#include "transports/repository_host.hpp"

namespace hfpipe::platform {

/// A repository of Gitea's or Forgejo's, over its API v1.
class gitea_host final : public repository_host, public mirror_host {
 public:
  gitea_host(api_client api, repository_place place) : api_(std::move(api)), place_(std::move(place)) {}

  task<std::optional<repository_facts>> find() override;
  task<bool> create(openness open) override;
  task<> set_default_branch(std::string branch) override;

  /// Creates the repository, and waits until it was pulled. Fails with errc::forbidden when one is there that is
  /// no mirror, or one of another source: neither can be made this one.
  task<mirror_setup> set_up(mirror_source from) override;
  task<mirror_state> state() override;
  task<> start_update() override;

 private:
  api_client api_;
  repository_place place_;
};

}  // namespace hfpipe::platform

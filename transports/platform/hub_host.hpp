#pragma once

#include "transports/platform/api_client.hpp"
#include "transports/repository_host.hpp"

namespace hfpipe::platform {

/// A model, a data set or a space on Hugging Face.
class hub_host final : public repository_host {
 public:
  hub_host(api_client api, repository_place place) : api_(std::move(api)), place_(std::move(place)) {}

  task<std::optional<repository_facts>> find() override;
  task<bool> create(openness open) override;
  /// Does nothing for `main`, which it is; fails with errc::forbidden for any other.
  task<> set_default_branch(std::string branch) override;

 private:
  api_client api_;
  repository_place place_;
};

/// A model or a data set on ModelScope. Rests on what its own client does, not on a test against the host.
class modelscope_host final : public repository_host {
 public:
  modelscope_host(api_client api, repository_place place) : api_(std::move(api)), place_(std::move(place)) {}

  task<std::optional<repository_facts>> find() override;
  task<bool> create(openness open) override;
  /// Does nothing for `master`, which it is; fails with errc::forbidden for any other.
  task<> set_default_branch(std::string branch) override;

 private:
  api_client api_;
  repository_place place_;
};

}  // namespace hfpipe::platform

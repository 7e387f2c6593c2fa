#pragma once

#include "transports/endpoint.hpp"

namespace hfpipe {

/// A git source that counts the packs it is asked for. `inner` and `fetches` must outlive it.
class counted_git_source final : public git_source {
 public:
  counted_git_source(git_source& inner, unsigned& fetches) : inner_(inner), fetches_(fetches) {}

  task<source_listing> list() override { return inner_.list(); }
  task<std::unique_ptr<byte_source>> fetch(fetch_request request) override {
    ++fetches_;
    return inner_.fetch(std::move(request));
  }
  task<std::optional<std::vector<git_oid>>> common(std::vector<git_oid> wants, std::vector<git_oid> haves) override {
    return inner_.common(std::move(wants), std::move(haves));
  }

 private:
  git_source& inner_;
  unsigned& fetches_;
};

}  // namespace hfpipe

#pragma once

#include <string>

#include "transports/endpoint.hpp"
#include "transports/local/libgit2.hpp"
#include "transports/local/memory_limits.hpp"
#include "transports/local/worker.hpp"

namespace hfpipe::local {

/// A repository on this machine to read from. All that blocks runs on a thread of its own.
/// list() fails with errc::not_found, shallow_source, object_format_mismatch, forbidden, file_failed; fetch() as
/// objects_between() does. What it fetches must not outlive it.
class local_source final : public git_source {
 public:
  /// `folder`: the Git folder or the working tree's top.
  local_source(std::string folder, memory_limits limits) : folder_(std::move(folder)), limits_(limits) {}

  task<source_listing> list() override;
  task<std::unique_ptr<byte_source>> fetch(fetch_request request) override;
  task<std::optional<std::vector<git_oid>>> common(std::vector<git_oid> wants, std::vector<git_oid> haves) override;

 private:
  std::string folder_;
  memory_limits limits_;
  worker disk_;
};

}  // namespace hfpipe::local

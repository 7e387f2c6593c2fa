#pragma once

#include <string>

#include "transports/endpoint.hpp"
#include "transports/local/libgit2.hpp"
#include "transports/local/memory_limits.hpp"
#include "transports/local/worker.hpp"

namespace hfpipe::local {

/// A repository on this machine to write to. All that blocks runs on a thread of its own.
/// Packs are written beside the others, synced, and only seen when they are complete and their checksum and every
/// object's name are right. What a push brought stays when its refs are refused: git gc takes it away.
/// All fail with errc::not_found, object_format_mismatch, forbidden, file_failed.
class local_target final : public git_target {
 public:
  local_target(std::string folder, git::atomicity mode, memory_limits limits)
      : folder_(std::move(folder)), mode_(mode), limits_(limits) {}

  task<target_listing> list(listed_refs what) override;
  /// Looks whether this process may write there. Makes nothing.
  task<> probe() override;
  /// Fails with errc::pack_corrupt for a pack that is wrong, with errc::budget_exceeded at the head of one with more
  /// objects than limits.list is enough for. What is refused, and why: move_refs().
  task<git::push_report> push(std::vector<git::ref_command> commands, chunk_source* pack,
                              std::optional<byte_count> length) override;
  /// Makes `branch` the default one.
  task<> set_default_branch(ref_name branch);

 private:
  task<> store(const repository& into, chunk_source& pack);

  std::string folder_;
  git::atomicity mode_;
  memory_limits limits_;
  worker disk_;
};

}  // namespace hfpipe::local

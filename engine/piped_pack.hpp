#pragma once

#include "engine/byte_budget.hpp"
#include "engine/outgoing_pack.hpp"

namespace hfpipe {

/// A pack that is still at the source: each push fetches it anew and passes it on as it comes, without inflating.
///
///   source -> read_window (reads ahead, bridges silence) -> pack_guard (keeps the end back) -> target
class piped_pack final : public outgoing_pack {
 public:
  /// `request` is what asked for the pack when it was read for its LFS objects: the same wants and haves name the same
  /// objects. `known` is what size() says until a push has read it. `from` and `budget` must outlive it.
  piped_pack(git_source& from, fetch_request request, object_format format, byte_budget& budget, pack_size known)
      : from_(from), request_(std::move(request)), format_(format), budget_(budget), size_(known) {}

  /// Fails also with errc::ref_vanished, when the source has moved since it was read, with errc::pack_truncated and
  /// pack_corrupt, all blamed on the source: the target then never had the pack's end, and drops what it has.
  task<git::push_report> push(git_target& to, std::vector<git::ref_command> commands, rate_limit* pace,
                              observer& watcher) override;
  pack_size size() const override { return size_; }

 private:
  git_source& from_;
  fetch_request request_;
  object_format format_;
  byte_budget& budget_;
  pack_size size_;
};

}  // namespace hfpipe

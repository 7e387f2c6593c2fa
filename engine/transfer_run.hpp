#pragma once

#include "engine/byte_budget.hpp"
#include "engine/counted_git_source.hpp"
#include "engine/outgoing_pack.hpp"
#include "engine/patience.hpp"
#include "engine/transfer.hpp"

namespace hfpipe {

/// What one run carries from step to step. Lives in run_transfer's frame, and does not move.
struct transfer_run {
  endpoints ends;
  const transfer_options& options;
  observer& watcher;
  byte_budget budget;
  transfer_result result;
  counted_git_source packs;  ///< ends.source_git, for fetches
  patience tries;
  object_format format = object_format::sha1;
  bool push_began = false;

  void note_size(const outgoing_pack& pack) {
    const pack_size size = pack.size();
    result.pack.bytes = size.bytes;
    result.pack.objects = size.objects;
  }
};

}  // namespace hfpipe

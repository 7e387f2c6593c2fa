#pragma once

#include <optional>
#include <vector>

#include "protocol/byte_count.hpp"
#include "transports/local/libgit2.hpp"
#include "transports/local/worker.hpp"

namespace hfpipe::local {

/// What of a history is left out.
struct object_filter {
  bool commits_only = false;             ///< neither trees nor blobs, as `tree:0`
  std::optional<byte_count> blob_limit;  ///< blobs of that size or more, as `blob:limit=N`
};

/// `blob:limit=N`, `tree:0` or nothing. Fails with errc::bad_option for another.
outcome<object_filter> read_filter(std::string_view text);

/// Every object that `wants` reach and `haves` do not: tags and commits, then trees, then blobs. What only older
/// commits of `haves` hold may be among them. Haves that are not there are passed over. Fails with errc::ref_vanished
/// when a want is not there, with errc::pack_corrupt when something that it needs is not. Blobs are named, not read.
/// Fails with errc::budget_exceeded when they take more than `most` memory, at cost_per_listed each.
std::vector<::git_oid> objects_between(const repository& in, const std::vector<git_oid>& wants,
                                       const std::vector<git_oid>& haves, const object_filter& filter, byte_count most,
                                       const stop_flag& stop);

/// The newest commits that `wants` reach, `depth` for each of them, and what of their files `filter` lets through.
/// Fails as objects_between() does.
std::vector<::git_oid> newest_history(const repository& in, const std::vector<git_oid>& wants, unsigned depth,
                                      const object_filter& filter, byte_count most, const stop_flag& stop);

/// Those of `asked` that are there.
std::vector<git_oid> those_in(const repository& in, const std::vector<git_oid>& asked, const stop_flag& stop);

}  // namespace hfpipe::local

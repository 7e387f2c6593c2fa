#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/transfer.hpp"

// What a run's LFS objects mean for its refs, and what a person is told of them. Pure.

namespace hfpipe {

/// Why no ref may move: errc::blobs_incomplete, blamed as the first of totals.failed is, where an object did not arrive
/// that the source should have; with `strict`, errc::object_missing where a pointer names one that neither side has.
std::optional<failure> verdict_of(const lfs_totals& totals, bool strict);

/// Pointers without an object, which are as broken at the source.
std::optional<std::string> warning_of_missing(const lfs_totals& totals);

/// A host that checks objects says only that some are missing: `rows` after a push that left `left_behind` of them out.
std::optional<std::string> warning_of_refused_pointers(const std::vector<ref_row>& rows, std::size_t left_behind);

/// What a `.lfsconfig` says is obeyed by every clone, whatever the target has. `address` is shown without its user.
std::string warning_of_server(const std::string& address);

}  // namespace hfpipe

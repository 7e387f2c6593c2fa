#pragma once

#include <string>

namespace hfpipe::bench {

/// Packs that real git made of real-looking content, in memory; the same in every run.

/// The history of a source tree: thousands of small edits, so nearly every object is a delta, 500 bytes on average in
/// the pack (git's own repository: 580). A tenth of the changes are to LFS pointers.
std::string delta_heavy_pack();
/// Few and large: JSON that compresses as tokenizers do, and weights that do not, somebody having committed them
/// without LFS.
std::string big_blob_pack();

}  // namespace hfpipe::bench

#pragma once

#include "transports/local/libgit2.hpp"

namespace hfpipe::local {

/// Makes `in` read its loose objects, and those of its alternates, through us: libgit2 1.5 reads one whose file was cut
/// short for ever. What is wrong with a file becomes libgit2's error, so that every function of it fails.
/// Fails with errc::file_failed.
void guard_loose_objects(const repository& in);

}  // namespace hfpipe::local

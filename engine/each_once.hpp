#pragma once

#include <vector>

#include "protocol/oid.hpp"

namespace hfpipe {

/// Drops every object that stands there a second time; the others stay in order. An oid with two sizes stays twice:
/// which size is right, the copy shows. Costs 4 bytes an object meanwhile.
void keep_each_once(std::vector<lfs_object>& objects);

}  // namespace hfpipe

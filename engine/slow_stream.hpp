#pragma once

#include <vector>

namespace hfpipe {

/// Whether a stream that gives `due` bytes a second, among those that give `all` (itself among them), is so slow that
/// another connection would do better: less than a quarter of what the middle one gives. Of fewer than three, none is
/// the middle one.
bool is_far_slower(double due, std::vector<double> all);

}  // namespace hfpipe

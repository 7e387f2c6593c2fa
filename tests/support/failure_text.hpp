#pragma once

#include <string>

#include "protocol/failure.hpp"

namespace hfpipe::testing {

/// The name, which a failed check can print.
inline std::string name_of(const failure& why) {
  return std::string(facts_of(why.code()).name);
}

inline std::string trail_of(const failure& why) {
  std::string joined;
  for (const auto& each : why.where()) joined += (joined.empty() ? "" : " < ") + each;
  return joined;
}

}  // namespace hfpipe::testing

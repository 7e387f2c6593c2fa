#pragma once

#include <functional>
#include <string_view>

#include "protocol/failure.hpp"

namespace hfpipe::fuzz {

/// Who wants to know how an input ended: the test that runs the corpus. A fuzzer does not.
inline std::function<void(std::string_view)> on_outcome;

inline void reached(std::string_view outcome) {
  if (on_outcome) on_outcome(outcome);
}

/// Tells how one parser ended: `accepted`, or the name of its error. True: accepted.
template <class T>
bool accepted(const outcome<T>& result) {
  reached(result.has_value() ? std::string_view("accepted") : facts_of(result.error().code()).name);
  return result.has_value();
}

}  // namespace hfpipe::fuzz

#pragma once

#include <boost/test/unit_test.hpp>

#include "protocol/failure.hpp"

namespace hfpipe::testing {

/// Whether `got` is a failure of this kind; says what it is instead.
template <class T>
boost::test_tools::assertion_result fails_with(const outcome<T>& got, errc code) {
  boost::test_tools::assertion_result answer(got.has_error() && got.error().code() == code);
  if (!answer) answer.message() << (got.has_error() ? got.error().what() : "it succeeded");
  return answer;
}

}  // namespace hfpipe::testing

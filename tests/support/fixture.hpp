#pragma once

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <string>

namespace hfpipe::testing {

/// The bytes of a file below tests/fixtures/.
inline std::string read_fixture(const std::string& name) {
  std::ifstream file(std::string(HFPIPE_SOURCE_DIR) + "/tests/fixtures/" + name, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(file, "no fixture " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace hfpipe::testing

#pragma once

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace hfpipe::testing {

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// A piece of input in memory of its own, so that a sanitizer sees a view that outlives or leaves it.
using pieces = std::vector<std::vector<std::byte>>;

inline std::vector<std::byte> copy_of(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Calls `run` with `whole` in one piece, in two pieces cut at every place, and byte by byte.
template <class Run>
void at_every_split(std::string_view whole, Run&& run) {
  const auto all = bytes_of(whole);
  for (std::size_t cut = 0; cut < all.size(); ++cut) {
    pieces two;
    if (cut > 0) two.push_back(copy_of(all.first(cut)));
    two.push_back(copy_of(all.subspan(cut)));
    BOOST_TEST_CONTEXT("cut at " << cut) run(two);
  }
  pieces single;
  for (std::size_t at = 0; at < all.size(); ++at) single.push_back(copy_of(all.subspan(at, 1)));
  BOOST_TEST_CONTEXT("byte by byte") run(single);
}

}  // namespace hfpipe::testing

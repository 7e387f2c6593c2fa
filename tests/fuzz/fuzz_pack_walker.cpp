#include <algorithm>
#include <vector>

#include "protocol/digest.hpp"
#include "protocol/git/pack_walker.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// Whatever arrives, the walker stays within its memory; what it reads whole does not depend on the pieces. The header
// and a right trailer are put around the input, so that the fuzzer gets to the entries; where its first byte, which
// says how long the pieces are, is zero, the trailer is missing.

using namespace hfpipe;

namespace {

constexpr git::walker_limits limits{.memory = byte_count(256U << 10), .chain = byte_count(128U << 10)};

std::vector<std::byte> as_pack(const std::uint8_t* data, std::size_t size, bool is_cut) {
  constexpr std::byte none{0};
  std::vector<std::byte> pack{std::byte{'P'}, std::byte{'A'}, std::byte{'C'}, std::byte{'K'}, none, none,
                              none,           std::byte{2},   none,           none,           none};
  const auto rest = std::as_bytes(std::span(data, size));
  pack.insert(pack.end(), rest.begin(), rest.end());
  if (rest.empty()) pack.push_back(none);
  if (is_cut) return pack;
  digest hash = digest::of(object_format::sha1);
  hash.update(pack);
  const auto trailer = hash.finish();
  pack.insert(pack.end(), trailer.begin(), trailer.end());
  return pack;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<std::byte> pack = as_pack(data + 1, size - 1, data[0] == 0);
  git::pack_walker at_once(object_format::sha1, limits);
  git::pack_walker in_parts(object_format::sha1, limits);

  const bool whole = at_once.feed(pack).has_value();
  const std::size_t step = std::size_t{data[0]} + 1;
  bool fine = true;
  for (std::size_t at = 0; fine && at < pack.size(); at += step) {
    fine = in_parts.feed(std::span(pack).subspan(at, std::min(step, pack.size() - at))).has_value();
    fuzz::must(in_parts.retained() <= limits.memory);
  }

  fuzz::must(at_once.retained() <= limits.memory);
  // What is inflated whole may hold symbols that deflate reserves, and zlib, which takes what is split, refuses.
  fuzz::must(whole || !fine);
  const auto first = at_once.finish();
  const auto second = in_parts.finish();
  fuzz::must(first.has_value() || !second.has_value());
  if (fuzz::accepted(first) && second.has_value()) {
    if (first->unresolved > 0) fuzz::reached("unresolved");
    fuzz::must(first->unresolved == second->unresolved);
    const auto found = at_once.take_found();
    if (!found.empty()) fuzz::reached("pointer");
    fuzz::must(found == in_parts.take_found());
  }
  return 0;
}

#include <vector>

#include "protocol/git/delta.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// No delta reads outside itself or its base or writes outside its result.

using namespace hfpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t largest_result = 1U << 20;
  const auto input = std::as_bytes(std::span(data, size));
  const auto header = git::decode_delta_header(input);
  git::first_inserted_byte(input);
  if (!header) fuzz::reached("no_header");
  if (!header || header->base_size > 300 || header->result_size > largest_result) return 0;
  // Memory of exactly the named sizes, so that the sanitizer sees a step beyond.
  const std::vector<std::byte> base(static_cast<std::size_t>(header->base_size), std::byte{'b'});
  const std::vector<std::byte> delta(input.begin(), input.end());
  std::vector<std::byte> result(static_cast<std::size_t>(header->result_size));

  if (!fuzz::accepted(git::apply_delta(base, delta, result))) return 0;

  const auto first = git::first_inserted_byte(delta);
  fuzz::must(!first || *first == result.at(0));
  return 0;
}

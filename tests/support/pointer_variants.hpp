#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hfpipe::testing {

/// A blob that is a pointer, or just not. pointer_oracle_test shows that git-lfs itself agrees with every row.
struct pointer_variant {
  std::string what;
  std::string blob;
  std::uint64_t size = 12345;
};

/// The oid that all of them name.
inline constexpr std::string_view variant_oid = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

const std::vector<pointer_variant>& accepted_pointers();
const std::vector<pointer_variant>& rejected_pointers();

}  // namespace hfpipe::testing

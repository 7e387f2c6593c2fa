#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace hfpipe::forge {

/// How a client that tries again should fare with a fault that happens now and then.
enum class fault_class {
  harmless,    ///< nothing has to be tried again
  passing,     ///< tried again, it works
  wrong_once,  ///< the object is wrong: worth one more try and no third
  lethal,      ///< tried again, it is the same: the run must end in a clear error
};

/// One misbehaviour that the forge knows.
struct fault_kind {
  std::string_view name;
  std::string_view does;
  fault_class how;
  /// What a fault at random is made of; where the occasion has a range of bytes, `at` lies in that.
  std::span<const int> statuses = {};
  std::uint64_t most_at = 1;
  std::uint64_t rate = 0;
  std::uint64_t ms = 0;
  double often = 1;  ///< against the others
};

std::span<const fault_kind> all_fault_kinds();
/// Null for a name that does not exist.
const fault_kind* find_fault_kind(std::string_view name);
std::string_view to_text(fault_class how);

}  // namespace hfpipe::forge

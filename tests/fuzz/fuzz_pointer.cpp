#include <string>
#include <string_view>

#include "protocol/lfs/pointer.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// A blob that is read as a pointer reads the same when written canonically, and is no longer one when something
// follows.

using namespace hfpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view blob(reinterpret_cast<const char*>(data), size);
  const auto object = lfs::parse_pointer(blob);
  fuzz::reached(object ? "accepted" : "no_pointer");
  if (!object) return 0;
  fuzz::must(size >= lfs::shortest_pointer && size < lfs::pointer_cutoff);
  fuzz::must(lfs::may_begin_pointer(static_cast<std::byte>(data[0])));
  const std::string canonical = "version https://git-lfs.github.com/spec/v1\noid sha256:" + object->oid.hex() +
                                "\nsize " + std::to_string(object->size.value()) + "\n";
  fuzz::must(lfs::parse_pointer(canonical) == object);
  fuzz::must(!lfs::parse_pointer(std::string(blob) + "\nx"));
  return 0;
}

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/outcomes.hpp"
#include "tools/hfpipe/netrc.hpp"

// Any file in the home folder: an entry is found for the host it names or for any, with a password that stood there.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace hfpipe::cli;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto entries = parse_netrc(text);
  if (!hfpipe::fuzz::accepted(entries)) return 0;
  const auto* found = find_netrc(*entries, "h", {});
  if (found == nullptr) return 0;
  hfpipe::fuzz::reached("found");
  if (found->host.value_or("h") != "h" || found->password.empty()) std::abort();
  if (found->password.reveal().size() + found->user.size() > size) std::abort();
  return 0;
}

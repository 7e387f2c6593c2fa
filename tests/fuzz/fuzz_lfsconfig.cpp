#include "protocol/lfs/lfsconfig.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// Any small blob of a repository: a server's address comes out of it in one line, without the password in front.

using namespace hfpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view blob(reinterpret_cast<const char*>(data), size);
  const auto server = lfs::server_named_in(blob);
  fuzz::reached(server ? "accepted" : "none");
  if (!server) return 0;
  fuzz::must(server->size() <= size && server->find('\n') == std::string::npos);
  const auto scheme = server->find("://");
  if (scheme == std::string::npos) return 0;
  const auto host = std::string_view(*server).substr(scheme + 3);
  fuzz::must(host.substr(0, host.find('/')).find('@') == host.npos);
  return 0;
}

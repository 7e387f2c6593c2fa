#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"
#include "tools/hfpipe/address.hpp"

// What somebody types as SOURCE or TARGET: no way of writing it puts a password where it is shown, or plain http where
// only https may go.

using namespace hfpipe;

namespace {

bool shows_user_info(const http::url& url) {
  const auto shown = url.shown();
  const auto authority = std::string_view(shown).substr(shown.find("://") + 3);
  return authority.substr(0, authority.find('/')).find('@') != authority.npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const auto hub = http::url::parse("https://huggingface.co").value();
  const auto read = cli::parse_address(text, hub, cli::plain_http::loopback_only);
  if (fuzz::accepted(read)) {
    const auto& origin = read->url.origin();
    fuzz::must(origin.scheme != http::scheme::http || origin.is_loopback());
    fuzz::must(!shows_user_info(read->url));
    if (read->url.is_folder()) fuzz::reached("folder");
    if (read->user || read->password) fuzz::reached("user");
    if (!read->revision.empty()) fuzz::reached("revision");
  }
  const auto anywhere = cli::parse_address(text, hub, cli::plain_http::anywhere);
  fuzz::must(!read || anywhere);
  for (const auto& base :
       {cli::api_base(text, cli::plain_http::loopback_only), cli::hub_endpoint(text, cli::plain_http::loopback_only)}) {
    if (base) fuzz::must(base->origin().scheme != http::scheme::http || base->origin().is_loopback());
  }
  return 0;
}

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "protocol/http/url.hpp"
#include "tests/fuzz/outcomes.hpp"

// Whatever a Location, an href or a person says: what is read can stand in a request line, and reads the same again.

namespace {

using hfpipe::http::url;

void check(const url& read) {
  const std::string target(read.target().reveal());
  const bool clean = std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!clean || target.front() != '/' || read.origin().host.empty() || read.origin().port == 0) std::abort();
  const auto again = url::parse(read.origin().text() + target);
  if (again.has_value() ? *again != read : target.size() + 300 < hfpipe::http::url_limit) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  static const auto base = url::parse("https://10.0.0.1.example:8443/a/b/c?q=1").value();
  const auto absolute = url::parse(text);
  if (hfpipe::fuzz::accepted(absolute)) check(*absolute);
  if (const auto read = url::parse_with_user(text)) check(read->url);
  const auto referred = base.resolve(text);
  if (referred) check(*referred);
  if (referred && !absolute) hfpipe::fuzz::reached("relative");
  return 0;
}

#include "protocol/git/advertisement.hpp"
#include "protocol/git/ls_refs.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// Neither list of refs can break its parser, and what is accepted is sorted.

using namespace hfpipe;

namespace {

template <class Parser>
auto parse(Parser parser, const std::uint8_t* data, std::size_t size) {
  outcome<void> fed;
  fuzz::in_pieces(data, size, [&](const std::vector<std::byte>& piece) {
    fed = parser.feed(piece);
    return fed.has_value();
  });
  decltype(parser.finish()) result = fed.has_error() ? fed.error() : parser.finish();
  fuzz::accepted(result);
  return result;
}

bool is_sorted(const ref_list& refs) {
  return std::is_sorted(refs.begin(), refs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto service : {git::service::upload_pack, git::service::receive_pack}) {
    const auto advertised = parse(git::advertisement_parser(service), data, size);
    if (advertised.has_value()) fuzz::must(is_sorted(advertised->listing.refs));
  }
  const auto listed = parse(git::ls_refs_parser(object_format::sha1), data, size);
  if (listed.has_value()) fuzz::must(is_sorted(listed->refs));
  return 0;
}

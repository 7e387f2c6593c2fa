#include "protocol/git/capabilities.hpp"
#include "protocol/git/refspec.hpp"
#include "protocol/oid.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// Names of refs and objects, refspecs, and words of servers: what is accepted can be written down in one line and means
// the same when it is read again.

using namespace hfpipe;

namespace {

bool in_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto name = ref_name::parse(text);
  if (fuzz::accepted(name)) fuzz::must(name->text() == text && in_one_line(text));

  const auto spec = git::refspec::parse(text);
  if (spec) {
    fuzz::reached("refspec");
    fuzz::must(in_one_line(spec->text()) && git::refspec::parse(spec->text()).has_value());
    static const auto main = ref_name::parse("refs/heads/main").value();
    const auto mapped = spec->map(main);
    if (mapped && *mapped) fuzz::must(ref_name::parse((*mapped)->text()).has_value());
  } else {
    fuzz::reached("bad_refspec");
  }

  const auto oid = git_oid::from_hex(text);
  if (oid) fuzz::reached("oid");
  fuzz::must(!oid || git_oid::from_hex(oid->hex()).value() == *oid);

  git::capabilities can;
  if (can.add_list(text)) fuzz::reached(can.format() ? "capabilities" : "bad_advertisement");

  const std::string clean = clean_server_text(text);
  fuzz::must(in_one_line(clean) && clean.size() <= server_text_limit);
  fuzz::must(clean_server_text(text, 7).size() <= 7);
  return 0;
}

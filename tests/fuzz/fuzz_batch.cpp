#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "protocol/lfs/batch.hpp"
#include "tests/fuzz/outcomes.hpp"

// Whatever a server answers to a batch call: nothing that could write a header of its own gets through.

namespace {

void check(const hfpipe::lfs::action& offered) {
  for (const auto& field : offered.header) {
    if (field.name.empty() || field.name.find_first_of("\r\n: ") != std::string::npos) std::abort();
    if (field.value.reveal().find_first_of("\r\n") != std::string_view::npos) std::abort();
  }
  if (offered.expires_in && offered.expires_in->count() <= 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  static const auto base = hfpipe::http::url::parse("https://host.example/o/n.git/info/lfs/objects/batch").value();
  if (hfpipe::lfs::refusal_in(text)) hfpipe::fuzz::reached("refusal");
  const auto reply = hfpipe::lfs::parse_batch_reply(text, base);
  if (!hfpipe::fuzz::accepted(reply)) return 0;
  if (reply->entries.size() > hfpipe::lfs::batch_entry_limit) std::abort();
  for (const auto& entry : reply->entries) {
    for (const auto* offered : {&entry.download, &entry.upload, &entry.verify}) {
      if (*offered) check(**offered);
    }
  }
  return 0;
}

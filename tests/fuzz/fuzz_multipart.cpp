#include "protocol/lfs/batch.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// An upload in parts, as a server plans it: whatever it says, the parts are the object, and no more than a store takes.

using namespace hfpipe;

namespace {

void check(const lfs::batch_entry& entry) {
  const lfs::multipart_plan& plan = *entry.parts;
  fuzz::must(!entry.upload);
  fuzz::must(plan.parts.size() <= lfs::part_limit);
  if (!plan.obstacle.empty()) return fuzz::reached("obstacle");
  std::uint64_t sum = 0;
  for (const auto& part : plan.parts) {
    fuzz::must(part.size != byte_count() && part.size <= entry.object.size);
    sum += part.size.value();
  }
  fuzz::must(sum == entry.object.size.value());
  fuzz::reached(plan.form == lfs::multipart_form::hub ? "hub" : "giftless");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const auto base = http::url::parse("https://host.example/o/n.git/info/lfs/objects/batch").value();
  const auto reply = lfs::parse_batch_reply(text, base, lfs::upload_offer::in_parts);
  if (!fuzz::accepted(reply)) return 0;
  for (const auto& entry : reply->entries) {
    if (entry.parts) check(entry);
  }
  return 0;
}

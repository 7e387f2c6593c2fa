#include "protocol/git/push_dialogue.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// No answer to a push can break its reader, and what it keeps of the server's words is bounded.

using namespace hfpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t most_verdicts = 8;
  git::push_report_reader reader(most_verdicts);
  outcome<void> fed;
  fuzz::in_pieces(data, size, [&](const std::vector<std::byte>& piece) {
    fed = reader.feed(piece);
    return fed.has_value();
  });
  if (fed.has_error()) fuzz::accepted(fed);
  if (fed.has_error()) return 0;
  const auto report = reader.finish();
  if (!fuzz::accepted(report)) return 0;
  fuzz::must(!report->unpacked || report->unpack_error.empty());
  fuzz::must(report->verdicts.size() <= most_verdicts);
  fuzz::must(report->remote_lines.size() <= git::push_report_reader::remote_lines_limit);
  return 0;
}

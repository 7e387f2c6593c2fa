#include "protocol/http/body_framing.hpp"
#include "protocol/http/chunked.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"
#include "transports/net/reply_head.hpp"

// A reply as the network brings it: a head, then a body that may be chunked. Whatever it says, nothing is read twice or
// beyond its end, and the chunk decoder comes to the same end however the bytes were cut.

namespace {

using hfpipe::byte_count;
using hfpipe::fuzz::must;

struct outcome_of_body {
  std::uint64_t data = 0;
  std::uint64_t framing = 0;
  bool ended = false;
  bool broken = false;
  bool operator==(const outcome_of_body&) const = default;
};

/// Feeds one piece; false when there is nothing more to decode.
bool feed(hfpipe::http::chunked_decoder& decoder, std::span<const std::byte> piece, outcome_of_body& so_far) {
  while (!piece.empty() && !decoder.ended()) {
    if (decoder.due() != byte_count(0)) {
      const auto now = byte_count(piece.size()) < decoder.due() ? piece.size() : decoder.due().as_size();
      decoder.passed(byte_count(now));
      so_far.data += now;
      piece = piece.subspan(now);
      continue;
    }
    const auto taken = decoder.take(piece);
    so_far.broken = !taken;
    if (!taken) return hfpipe::fuzz::accepted(taken);
    must(*taken > 0 && *taken <= piece.size());
    so_far.framing += *taken;
    piece = piece.subspan(*taken);
  }
  so_far.ended = decoder.ended();
  if (so_far.ended) hfpipe::fuzz::reached("chunks_ended");
  return !decoder.ended();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);

  const std::size_t length = hfpipe::net::end_of_head(bytes, 0);
  must(length <= bytes.size());
  if (length != 0) {
    const auto read = hfpipe::net::parse_head(bytes.first(length));
    if (hfpipe::fuzz::accepted(read)) {
      must(read->head.status >= 100 && read->head.status <= 999);
      const auto framing = hfpipe::http::framing_of(read->head, "GET");
      hfpipe::fuzz::reached(framing ? "framed" : "no_framing");
    }
  }

  outcome_of_body whole;
  hfpipe::http::chunked_decoder at_once;
  feed(at_once, bytes, whole);
  outcome_of_body pieces;
  hfpipe::http::chunked_decoder bit_by_bit;
  hfpipe::fuzz::in_pieces(data, size,
                          [&](const std::vector<std::byte>& piece) { return feed(bit_by_bit, piece, pieces); });
  // What was taken before a failure depends on the cut; what came of it does not.
  must(whole.data == pieces.data && whole.ended == pieces.ended && whole.broken == pieces.broken);
  return 0;
}

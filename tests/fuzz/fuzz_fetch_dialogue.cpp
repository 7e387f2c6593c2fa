#include "protocol/git/fetch_dialogue.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// The pack that is found does not depend on the pieces that the answer arrives in.

using namespace hfpipe;

namespace {

struct found {
  bool accepted = true;
  std::vector<std::byte> pack;
};

/// Feeds one piece to its end. False: refused.
bool feed(git::fetch_dialogue& dialogue, std::span<const std::byte> piece, std::vector<std::byte>& pack) {
  while (!piece.empty()) {
    const auto fed = dialogue.feed(piece);
    if (fed.has_error()) return fuzz::accepted(fed);
    fuzz::must(fed->consumed > 0 && fed->consumed <= piece.size());
    pack.insert(pack.end(), fed->pack.begin(), fed->pack.end());
    piece = piece.subspan(fed->consumed);
  }
  return true;
}

void compare(const git::advertisement& server, const std::uint8_t* data, std::size_t size) {
  found split, whole;
  git::fetch_dialogue in_pieces(server), at_once(server);
  fuzz::in_pieces(data, size, [&](const std::vector<std::byte>& piece) {
    return split.accepted = feed(in_pieces, piece, split.pack);
  });
  if (size > 0) whole.accepted = feed(at_once, std::as_bytes(std::span(data, size)).subspan(1), whole.pack);
  fuzz::must(split.accepted == whole.accepted);
  fuzz::must(split.pack == whole.pack);
  if (!whole.accepted) return;
  fuzz::must(in_pieces.finish().has_value() == fuzz::accepted(at_once.finish()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  git::advertisement v2, v0, bare;
  v2.version = git::protocol_version::v2;
  v0.can.add("side-band-64k").value();
  for (const auto* server : {&v2, &v0, &bare}) compare(*server, data, size);
  return 0;
}

#include "protocol/git/pkt_reader.hpp"
#include "tests/fuzz/pieces.hpp"

// Every packet that is decoded lies inside the input and makes progress, in whatever pieces the input arrives.

using namespace hfpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = std::as_bytes(std::span(data, size));
  while (true) {
    const auto decoded = git::decode_pkt_line(rest);
    if (decoded.has_error()) break;
    if (const auto* need = std::get_if<git::need_more>(&*decoded)) {
      fuzz::must(need->bytes > 0 && need->bytes <= git::pkt_line_limit);
      break;
    }
    const auto& line = std::get<git::pkt_line>(*decoded);
    fuzz::must(line.size >= git::pkt_length_digits && line.size <= rest.size());
    fuzz::must(line.payload.empty() || line.payload.size() + git::pkt_length_digits == line.size);
    rest = rest.subspan(line.size);
  }

  git::pkt_reader reader;
  fuzz::in_pieces(data, size, [&](const std::vector<std::byte>& piece) {
    std::span<const std::byte> input = piece;
    while (true) {
      const auto event = reader.next(input);
      if (event.has_error()) return false;
      if (!*event) break;
    }
    fuzz::must(input.empty());
    return true;
  });
  return 0;
}

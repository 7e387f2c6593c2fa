#include "protocol/git/pkt_reader.hpp"
#include "protocol/git/remote_text.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// Every packet that is decoded lies inside the input and makes progress, in whatever pieces the input arrives.

using namespace hfpipe;

namespace {

constexpr std::size_t most_lines = 4;

}  // namespace

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
  git::remote_text words(most_lines);
  bool broken = false;
  fuzz::in_pieces(data, size, [&](const std::vector<std::byte>& piece) {
    std::span<const std::byte> input = piece;
    while (true) {
      const auto event = reader.next(input);
      broken = event.has_error();
      if (broken) return fuzz::accepted(event);
      if (!*event) break;
      const auto* band = std::get_if<git::band_piece>(&**event);
      if (band != nullptr) fuzz::reached("band");
      if (band != nullptr && band->which == git::band::progress) words.add(band->bytes);
    }
    fuzz::must(input.empty());
    return true;
  });
  if (!broken) fuzz::reached(reader.at_boundary() ? "accepted" : "cut");
  const auto lines = words.take();
  fuzz::must(lines.size() <= most_lines);
  for (const auto& line : lines) {
    fuzz::must(std::none_of(line.begin(), line.end(), [](char c) { return c >= 0 && c < ' '; }));
  }
  return 0;
}

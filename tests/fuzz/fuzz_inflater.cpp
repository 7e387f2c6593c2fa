#include "protocol/gzip.hpp"
#include "protocol/inflater.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// Any bytes as a zlib stream, into little room at a time: no step goes beyond what it was given, and each makes
// progress. What we compress ourselves begins as gzip does.

using namespace hfpipe;

namespace {

constexpr std::size_t most_output = 1U << 20;  // a bomb of a kilobyte makes a megabyte

enum class how { goes_on, ended, broken };

how take(inflater& zlib, std::span<const std::byte> input, std::size_t& output) {
  while (true) {
    std::vector<std::byte> room(97);  // memory of its own, so that the sanitizer sees a step beyond
    const auto step = zlib.inflate(input, room);
    if (!step) return how::broken;
    fuzz::must(step->consumed <= input.size() && step->produced <= room.size());
    input = input.subspan(step->consumed);
    output += step->produced;
    if (step->ended || output > most_output) return how::ended;
    if (step->produced < room.size()) return how::goes_on;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  inflater zlib;
  std::size_t output = 0;
  how end = how::goes_on;
  fuzz::in_pieces(data, size, [&](const std::vector<std::byte>& piece) {
    end = take(zlib, piece, output);
    return end == how::goes_on;
  });
  fuzz::reached(end == how::goes_on ? "cut" : end == how::ended ? "accepted" : "broken");
  if (output > most_output) fuzz::reached("bomb");
  zlib.restart();
  const std::string packed = gzip(std::string_view(reinterpret_cast<const char*>(data), size));
  fuzz::must(packed.size() > 18 && packed.starts_with("\x1f\x8b\x08"));
  return 0;
}

#include "protocol/byte_count.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace hfpipe {

namespace {

struct unit {
  std::string_view name;
  double bytes;
};

constexpr double kibi = 1024.0;
constexpr std::array<unit, 14> units{{{"", 1},
                                      {"B", 1},
                                      {"K", kibi},
                                      {"KiB", kibi},
                                      {"kB", 1e3},
                                      {"KB", 1e3},
                                      {"M", kibi* kibi},
                                      {"MiB", kibi* kibi},
                                      {"MB", 1e6},
                                      {"G", kibi* kibi* kibi},
                                      {"GiB", kibi* kibi* kibi},
                                      {"GB", 1e9},
                                      {"TiB", kibi* kibi* kibi* kibi},
                                      {"TB", 1e12}}};

}  // namespace

outcome<byte_count> parse_byte_count(std::string_view text) {
  const auto refuse = [&] {
    return failure(errc::bad_option)
        .detail("'" + std::string(text) + "' is not a size")
        .hint("write sizes as 16MiB, 1GB or 65536");
  };
  if (text.empty() || text.front() < '0' || text.front() > '9') return refuse();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return refuse();
  const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& candidate : units) {
    if (candidate.name != suffix) continue;
    const double bytes = std::floor(number * candidate.bytes);
    if (!(bytes < 9.2e18)) return refuse();  // beyond what a signed 64-bit size can say
    return byte_count(static_cast<std::uint64_t>(bytes));
  }
  return refuse();
}

std::string to_text(byte_count amount) {
  constexpr std::array<const char*, 5> names{"B", "KiB", "MiB", "GiB", "TiB"};
  double shown = static_cast<double>(amount.value());
  std::size_t step = 0;
  while (shown >= kibi && step + 1 < names.size()) {
    shown /= kibi;
    ++step;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), step == 0 ? "%.0f %s" : "%.1f %s", shown, names[step]);
  return text.data();
}

}  // namespace hfpipe

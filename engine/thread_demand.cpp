#include "engine/thread_demand.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace hfpipe {

namespace {

duration ran() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

/// The second of three numbers: nanoseconds run (older than what the clock says), nanoseconds waited, turns.
duration waited_for_a_turn() {
  std::array<char, 64> text{};
  const int file = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const ssize_t got = ::read(file, text.data(), text.size());
  ::close(file);
  const char* const end = text.data() + std::max<ssize_t>(got, 0);
  const char* const space = std::find(static_cast<const char*>(text.data()), end, ' ');
  if (space == end) return {};
  std::int64_t waited = 0;
  std::from_chars(space + 1, end, waited);
  return std::chrono::nanoseconds(waited);
}

}  // namespace

duration thread_demand() {
  return ran() + waited_for_a_turn();
}

}  // namespace hfpipe

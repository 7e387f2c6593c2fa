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
std::int64_t nanoseconds_waited() {
  std::array<char, 64> text{};
  const int file = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t got = ::read(file, text.data(), text.size());
  ::close(file);
  const char* const end = text.data() + std::max<ssize_t>(got, 0);
  const char* const space = std::find(static_cast<const char*>(text.data()), end, ' ');
  if (space == end) return 0;
  std::int64_t waited = 0;
  std::from_chars(space + 1, end, waited);
  return waited;
}

/// Never less than before, also when the file cannot be read for once.
duration waited_for_a_turn() {
  thread_local std::int64_t known = 0;
  known = std::max(known, nanoseconds_waited());
  return std::chrono::nanoseconds(known);
}

}  // namespace

duration thread_demand() {
  return ran() + waited_for_a_turn();
}

}  // namespace hfpipe

#include "tools/hfpipe/process_limits.hpp"

#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <csignal>
#include <fstream>
#include <string>

namespace hfpipe::cli {

void settle_process() {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  // 1024 by custom, which a hundred objects under way at two ends come near; what is allowed is taken.
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
#ifdef __linux__
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
#ifdef __GLIBC__
  // An arena a thread would keep what it freed; and a fixed threshold keeps glibc from learning to hoard our buffers.
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
#endif
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a failed write, with a name
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

byte_count peak_rss() {
  // Not ru_maxrss where it can be helped: Linux carries the parent's over an exec.
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::uint64_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return byte_count(kibibytes * 1024);
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
#ifdef __APPLE__
  return byte_count(static_cast<std::uint64_t>(used.ru_maxrss));
#else
  return byte_count(static_cast<std::uint64_t>(used.ru_maxrss) * 1024);
#endif
}

}  // namespace hfpipe::cli

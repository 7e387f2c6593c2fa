#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/pull_mirror.hpp"
#include "engine/speed_test.hpp"
#include "engine/transfer.hpp"
#include "engine/verification.hpp"
#include "tools/hfpipe/exit_code.hpp"

namespace hfpipe::cli {

/// What the process measured around a run, whatever it did.
struct run_figures {
  std::string source;  ///< as http::url::shown()
  std::string target;
  exit_code code = exit_code::done;
  duration wall{};
  double cpu_seconds = 0;
  byte_count peak_rss;
  bool is_alone = true;  ///< false: other jobs ran beside it, so that CPU time and memory are not its own
};

/// What a copy did through the target's API; all absent: nothing was asked of it.
struct host_work {
  std::optional<bool> created;       ///< false: the repository was there already; empty: not asked for, or not done
  bool would_create = false;         ///< a dry run found that it is not there
  std::string visibility;            ///< of what was or would be created
  std::string default_branch;        ///< as it is now, where it was to be set
  std::string other_default_branch;  ///< what it was before, where that was another
  std::uint64_t retries = 0;         ///< of what this took
};

/// A copy that is over.
struct run_report : run_figures {
  transfer_result result;
  run_mode mode = run_mode::copy;
  lfs_mode lfs = lfs_mode::new_objects;
  std::vector<std::string> remote_lines;  ///< what the target said beside its report
  host_work host;
};

/// A verification that is over.
struct verify_report : run_figures {
  verification_result result;
  verify_depth depth = verify_depth::presence;
};

/// One end that was measured.
struct end_speed {
  speed_result result;
  std::optional<wait_times> first_bytes;
  std::uint64_t requests = 0;
  double cpu_seconds = 0;
};

/// What this machine's processor would allow: one thread, and all threads of a run at once.
struct local_speed {
  double one_thread = 0;  ///< bytes a second
  unsigned threads = 1;
  double all_threads = 0;
};

struct bench_result {
  std::optional<local_speed> local;
  std::optional<end_speed> read;
  std::optional<end_speed> written;
  std::optional<failure> error;
};

/// A measurement that is over.
struct bench_report : run_figures {
  bench_result result;
};

/// A pull mirror that is set up, or not.
struct mirror_report : run_figures {
  mirror_result result;
  std::string platform;  ///< empty: it was not found out
};

}  // namespace hfpipe::cli

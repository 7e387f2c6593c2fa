#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "tests/soak/random_history.hpp"
#include "tests/soak/soak_hosts.hpp"
#include "tests/support/hfpipe_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace hfpipe::testing {

/// What a soak counted. May be added to from any thread.
struct soak_counts {
  std::mutex guard;
  std::uint64_t repositories = 0, copies = 0, hard_copies = 0;  ///< hard: at least two faults each
  std::uint64_t kills = 0, refusals = 0, clones = 0;
  std::uint64_t bytes = 0, objects = 0;  ///< of LFS, as hfpipe said
  std::uint64_t largest_rss = 0;
  std::chrono::milliseconds longest{0};
};

/// A repository from its first commit until all is copied: it grows, and is copied through its hosts' faults, runs are
/// killed and repeated. What must hold after each step is checked from outside: with git, and by hashing the target's
/// store. Throws std::runtime_error with what is lost, wrong or hanging.
class copied_repository {
 public:
  copied_repository(const soak_hosts& hosts, std::uint64_t seed, std::uint64_t number, soak_counts& counts);
  ~copied_repository();

  void live();

 private:
  using ref_values = std::map<std::string, std::string>;
  enum class fate { runs, killed, refused };

  void step(fate what);
  child_command command();
  void settle() const;
  child_result run(fate what, bool& was_killed);
  ref_values planned() const;
  void check_refs(const ref_values& now, const ref_values& before, const ref_values& after);
  void check_objects(const ref_values& now);
  void check_all_arrived();
  void clone();
  void count(const child_result& ended, std::uint64_t faults);
  std::uint64_t faults() const;
  [[noreturn]] void wrong(const std::string& what) const;

  const forge_process& source_;
  const forge_process& target_;
  std::string name_;
  soak_counts& counts_;
  dice dice_;
  git_repository original_;
  git_repository copied_;
  random_history history_;
  temporary_folder home_;
  bool mirrors_;
  std::string memory_;
  std::chrono::milliseconds usual_{400};  ///< how long a run took
  std::string last_said_;
  ref_values killed_plan_;  ///< of a killed run: its push may still arrive
};

}  // namespace hfpipe::testing

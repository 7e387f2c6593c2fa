#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/failure.hpp"
#include "tools/forge/fault_kinds.hpp"

namespace hfpipe::forge {

struct storm_options {
  std::uint64_t seed = 0;
  double rate = 0;  ///< of all occasions, how many meet a fault: 0.05
  /// Names, or the classes `harmless`, `passing`, `wrong_once`, `lethal`.
  std::vector<std::string> kinds = {"harmless", "passing", "wrong_once"};
  unsigned times = 2;  ///< the most that one object, or one URL of a repository's, suffers in a round
};

/// An occasion as a storm sees it.
struct storm_occasion {
  std::string_view repository;  ///< empty before a request is read
  std::string_view subject;     ///< the object, or the URL without its query
  std::optional<std::uint64_t> first, end;
};

/// A fault that nobody asked for by name.
struct random_fault {
  std::uint64_t at = 0;
  std::optional<int> status;
  std::uint64_t rate = 0;
  std::uint64_t ms = 0;
  bool asks_to_wait = false;  ///< a 429 that says for how long: Retry-After
};

/// Faults at random, but the same for the same seed: whether the nth occasion of a kind at one object is met depends on
/// nothing else, so the order in which connections are served changes little. Bounded for each object and URL, so that
/// who tries again arrives in the end. Not locked: the fault_board does that.
class fault_storm {
 public:
  /// Throws `failed` with errc::bad_option for a kind that does not exist.
  explicit fault_storm(storm_options options);

  std::optional<random_fault> draw(const fault_kind& kind, const storm_occasion& when);
  /// A new round for a repository: what its objects and URLs suffered is forgotten, and other faults come.
  void renew(const std::string& repository);
  /// No more for this repository.
  void spare(const std::string& repository) { spared_.insert(repository); }

 private:
  struct suffering {
    std::map<std::string_view, std::uint64_t> occasions;  ///< by kind
    unsigned faults = 0;
    bool wrong = false;
  };
  struct round {
    std::uint64_t number = 0;
    std::map<std::string, suffering, std::less<>> subjects;
  };

  storm_options options_;
  std::set<std::string_view> kinds_;
  std::map<std::string, round, std::less<>> rounds_;
  std::set<std::string, std::less<>> spared_;
};

}  // namespace hfpipe::forge

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/soak/copied_repository.hpp"
#include "tests/support/sanitized.hpp"

// soak [--minutes N] [--copies N] [--kills N] [--seed S] [--only R] [--workers N]
//
// Copies random repositories through random faults until the minutes are over, or there were so many copies with at
// least two faults each and so many kills. The first thing that is lost, wrong or hanging ends it: exit 1, with the
// command that repeats the repository. Exit 3: too few copies in the time.

using namespace hfpipe;
using namespace hfpipe::testing;
using clock_type = std::chrono::steady_clock;

namespace {

struct soak_request {
  double minutes = 12;
  std::uint64_t copies = sanitized ? 20 : 200;
  std::uint64_t kills = sanitized ? 5 : 50;
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> only;
  unsigned workers = 8;
};

soak_request read_arguments(int count, char** arguments) {
  soak_request asked;
  bool by_time = false;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = arguments[i];
    const char* const value = arguments[i + 1];
    if (name == "--minutes") {
      asked.minutes = std::atof(value);
      by_time = true;
    } else if (name == "--copies") {
      asked.copies = std::strtoull(value, nullptr, 10);
    } else if (name == "--kills") {
      asked.kills = std::strtoull(value, nullptr, 10);
    } else if (name == "--seed") {
      asked.seed = std::strtoull(value, nullptr, 10);
    } else if (name == "--only") {
      asked.only = std::strtoull(value, nullptr, 10);
    } else if (name == "--workers") {
      asked.workers = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
    } else {
      std::cerr << "soak: no such option: " << name << '\n';
      std::exit(2);
    }
  }
  if (by_time) asked.copies = asked.kills = ~std::uint64_t{0};
  return asked;
}

class soak {
 public:
  explicit soak(soak_request asked) : asked_(asked), hosts_(asked.seed) {}

  int run() {
    std::vector<std::thread> workers;
    for (unsigned n = 0; n < (asked_.only ? 1 : asked_.workers); ++n) workers.emplace_back([this] { work(); });
    for (std::thread& each : workers) each.join();
    print();
    if (failed_) return 1;
    return is_enough() || !has_quota() ? 0 : 3;
  }

 private:
  void work() {
    while (!failed_ && !is_over()) {
      const std::uint64_t number = asked_.only ? *asked_.only : next_++;
      try {
        copied_repository(hosts_, asked_.seed, number, counts_).live();
      } catch (const std::exception& wrong) {
        const std::lock_guard lock(counts_.guard);
        failed_ = true;
        std::cerr << "soak: " << wrong.what() << "\nagain: tests/soak.sh --seed " << asked_.seed << " --only " << number
                  << '\n';
      }
      if (asked_.only) return;
    }
  }

  bool has_quota() const { return asked_.copies != ~std::uint64_t{0} && !asked_.only; }

  bool is_enough() {
    const std::lock_guard lock(counts_.guard);
    return counts_.hard_copies >= asked_.copies && counts_.kills >= asked_.kills;
  }

  bool is_over() {
    return is_enough() || std::chrono::duration<double>(clock_type::now() - start_).count() > asked_.minutes * 60;
  }

  void print() {
    const std::chrono::duration<double> took = clock_type::now() - start_;
    std::cout << "soak: seed " << asked_.seed << ", " << static_cast<int>(took.count()) << " s\n"
              << "  repositories " << counts_.repositories << ", cloned and checked with git-lfs " << counts_.clones
              << '\n'
              << "  copies       " << counts_.copies << ", " << counts_.hard_copies
              << " of them with 2 faults or more\n"
              << "  kills        " << counts_.kills << ", refusals " << counts_.refusals << '\n'
              << "  objects      " << counts_.objects << ", " << to_text(byte_count(counts_.bytes)) << '\n'
              << "  longest run  " << counts_.longest.count() << " ms, largest RSS "
              << to_text(byte_count(counts_.largest_rss)) << '\n';
    std::uint64_t all = 0;
    for (const auto& [kind, count] : hosts_.faults()) {
      std::cout << "  fault        " << kind << ' ' << count << '\n';
      all += count;
    }
    std::cout << "  faults       " << all << '\n'
              << (failed_ ? "FAILED\n" : "nothing lost, nothing wrong, nothing hung\n");
  }

  soak_request asked_;
  soak_hosts hosts_;
  soak_counts counts_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  clock_type::time_point start_ = clock_type::now();
};

}  // namespace

int main(int argc, char** argv) {
  try {
    return soak(read_arguments(argc, argv)).run();
  } catch (const std::exception& why) {
    std::cerr << "soak: " << why.what() << '\n';
    return 2;
  }
}

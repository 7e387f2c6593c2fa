#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/forge_process.hpp"

namespace hfpipe::testing {

/// The forges of a soak, each with a storm of its own, for as long as it lasts.
class soak_hosts {
 public:
  explicit soak_hosts(std::uint64_t seed) {
    for (const std::string personality : {"huggingface", "plain"}) sources_.push_back(start(personality, seed));
    for (const std::string personality : {"gitlab", "gitea", "huggingface", "plain", "modelscope", "giftless"}) {
      targets_.push_back(start(personality, seed + 1));
    }
  }

  const forge_process& source(std::uint64_t n) const { return *sources_[n % sources_.size()]; }
  const forge_process& target(std::uint64_t n) const { return *targets_[n % targets_.size()]; }

  /// What the hosts' own records say, by kind.
  std::map<std::string, std::uint64_t> faults() const {
    std::map<std::string, std::uint64_t> sum;
    for (const auto* hosts : {&sources_, &targets_}) {
      for (const auto& host : *hosts) {
        for (const auto& [kind, count] : host->all_hits()) sum[kind] += count;
      }
    }
    return sum;
  }

 private:
  static std::unique_ptr<forge_process> start(const std::string& personality, std::uint64_t seed) {
    return std::make_unique<forge_process>(
        forge_setup{.personality = personality,
                    .token = "canary-of-the-soak",
                    .flags = {"--part-size", "300000", "--fault-seed", std::to_string(seed), "--fault-rate", "0.05",
                              "--fault-times", "2"},
                    .keeps_log = false});
  }

  std::vector<std::unique_ptr<forge_process>> sources_, targets_;
};

}  // namespace hfpipe::testing

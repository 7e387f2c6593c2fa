#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace hfpipe::testing {

/// Numbers at random, the same for the same seed on every machine (the distributions of the library are not).
class dice {
 public:
  explicit dice(std::uint64_t seed) : random_(seed) {}

  /// From 0, below `end`.
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : random_() % end; }
  std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + below(most - least + 1); }
  /// Once in `n`.
  bool once_in(std::uint64_t n) { return below(n) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices.at(below(choices.size()));
  }
  std::string bytes(std::size_t size) {
    std::string made(size, '\0');
    for (std::size_t i = 0; i < size;) {
      std::uint64_t word = random_();
      for (int n = 0; n < 8 && i < size; ++n, ++i, word >>= 8U) made[i] = static_cast<char>(word);
    }
    return made;
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace hfpipe::testing

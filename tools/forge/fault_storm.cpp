#include "tools/forge/fault_storm.hpp"

namespace hfpipe::forge {

namespace {

/// splitmix64: one number in, one that looks random out.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

std::uint64_t mixed(std::uint64_t seed, std::string_view text) {
  for (const char c : text) seed = mixed(seed ^ static_cast<unsigned char>(c));
  return mixed(seed);
}

/// Numbers of one occasion, each other than the one before.
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : (state_ = mixed(state_)) % end; }
  bool chance(double rate) {
    constexpr std::uint64_t steps = 1U << 30U;
    return static_cast<double>(below(steps)) < rate * static_cast<double>(steps);
  }

 private:
  std::uint64_t state_;
};

}  // namespace

fault_storm::fault_storm(storm_options options) : options_(std::move(options)) {
  for (const std::string& name : options_.kinds) {
    bool known = false;
    for (const fault_kind& kind : all_fault_kinds()) {
      if (name != kind.name && name != to_text(kind.how)) continue;
      kinds_.insert(kind.name);
      known = true;
    }
    if (!known) throw failed(failure(errc::bad_option).detail("no such fault: " + name));
  }
}

std::optional<random_fault> fault_storm::draw(const fault_kind& kind, const storm_occasion& when) {
  if (!kinds_.contains(kind.name) || spared_.contains(when.repository)) return std::nullopt;
  if (when.first && when.end && *when.first >= *when.end) return std::nullopt;
  round& now = rounds_[std::string(when.repository)];
  suffering& own = now.subjects[std::string(when.subject)];
  std::uint64_t seed = mixed(options_.seed + now.number, when.repository);
  seed = mixed(mixed(seed, when.subject), kind.name) + own.occasions[kind.name]++;
  dice roll(mixed(seed));
  if (!roll.chance(options_.rate * kind.often)) return std::nullopt;

  const bool wrong = kind.how == fault_class::wrong_once;
  // Before a request is read nobody knows whom it hits: the rate alone bounds it.
  const bool counted = !when.repository.empty() && kind.how != fault_class::harmless;
  if (counted && (own.faults >= options_.times || (wrong && own.wrong))) return std::nullopt;
  if (counted) ++own.faults;
  own.wrong = own.wrong || wrong;

  random_fault fault;
  const std::uint64_t first = when.first.value_or(0);
  fault.at = first + roll.below(when.end ? *when.end - first : kind.most_at);
  if (!kind.statuses.empty()) fault.status = kind.statuses[roll.below(kind.statuses.size())];
  fault.rate = kind.rate;
  fault.ms = kind.ms;
  fault.asks_to_wait = fault.status == 429 && roll.chance(0.5);
  return fault;
}

void fault_storm::renew(const std::string& repository) {
  round& now = rounds_[repository];
  ++now.number;
  now.subjects.clear();
}

}  // namespace hfpipe::forge

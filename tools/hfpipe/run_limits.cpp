#include "tools/hfpipe/run_limits.hpp"

namespace hfpipe::cli {

namespace {

std::optional<double> as_rate(const std::optional<byte_count>& bytes) {
  if (!bytes) return std::nullopt;
  return static_cast<double>(bytes->value());
}

}  // namespace

run_limits::run_limits(const rate_options& wanted) : bytes_(as_rate(wanted.bytes)), requests_(wanted.requests) {}

bool run_limits::toggle_bytes() {
  if (const auto now = bytes_.per_second()) {
    lifted_ = now;
    bytes_.set_rate(std::nullopt);
    return true;
  }
  if (!lifted_) return false;
  bytes_.set_rate(lifted_);
  return true;
}

event::limits_set run_limits::in_force() const {
  event::limits_set limits{};
  if (const auto rate = bytes_.per_second()) limits.bytes = byte_count(static_cast<std::uint64_t>(*rate));
  limits.requests = requests_.per_second();
  return limits;
}

}  // namespace hfpipe::cli

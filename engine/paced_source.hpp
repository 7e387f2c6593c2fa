#pragma once

#include "transports/endpoint.hpp"
#include "transports/rate_limit.hpp"

namespace hfpipe {

/// Lends what `from` lends no faster than the run's limit allows: cut into small pieces while one is in force, so that
/// a slow rate trickles. Costs one look at an atomic for each piece while none is.
class paced_source final : public chunk_source {
 public:
  /// Both must outlive this. Null: there is no limit and never will be.
  paced_source(chunk_source& from, rate_limit* pace) : from_(from), pace_(pace) {}

  task<std::span<const std::byte>> next() override {
    const bool is_free = rest_.empty() && (pace_ == nullptr || !pace_->per_second());
    return is_free ? from_.next() : next_piece();
  }

  /// How long it kept its reader waiting for the limit so far.
  duration waited() const { return waited_; }

 private:
  task<std::span<const std::byte>> next_piece();

  chunk_source& from_;
  rate_limit* pace_;
  std::span<const std::byte> rest_;  ///< of what `from` lent
  duration waited_{};
};

}  // namespace hfpipe

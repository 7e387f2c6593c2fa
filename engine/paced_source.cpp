#include "engine/paced_source.hpp"

#include "transports/rate_plan.hpp"

namespace hfpipe {

task<std::span<const std::byte>> paced_source::next_piece() {
  if (rest_.empty()) rest_ = co_await from_.next();
  if (rest_.empty()) co_return rest_;
  const std::optional<double> rate = pace_->per_second();  // it may have been lifted meanwhile
  const std::size_t many = rate ? paced_piece(*rate, rest_.size()) : rest_.size();
  const auto since = pace_->now();
  co_await pace_->take(many);
  waited_ += pace_->now() - since;
  const std::span<const std::byte> piece = rest_.first(many);
  rest_ = rest_.subspan(many);
  co_return piece;
}

}  // namespace hfpipe

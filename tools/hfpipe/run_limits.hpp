#pragma once

#include "engine/events.hpp"
#include "tools/hfpipe/options.hpp"
#include "transports/rate_limit.hpp"

namespace hfpipe::cli {

/// What all that the process does at once may use of the line. A signal, or whoever holds this, may change it while it
/// works: every thread obeys within rate_limit::notice.
class run_limits {
 public:
  explicit run_limits(const rate_options& wanted);

  rate_limit& bytes() { return bytes_; }
  rate_limit& requests() { return requests_; }

  /// Lifts the limit of bytes, or sets the one again that was in force last. False: there never was one.
  bool toggle_bytes();
  bool any() const { return bytes_.per_second() || requests_.per_second(); }
  event::limits_set in_force() const;

 private:
  rate_limit bytes_;
  rate_limit requests_;
  std::optional<double> lifted_;  ///< what toggle_bytes() brings back
};

}  // namespace hfpipe::cli

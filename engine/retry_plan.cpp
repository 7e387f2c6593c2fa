#include "engine/retry_plan.hpp"

#include <algorithm>

namespace hfpipe {

namespace {

/// A server may have named or read the object wrongly once; a second time it is wrong.
constexpr unsigned tries_of_wrong_answers = 2;

unsigned allowed_retries(const retry_policy& policy, const failure& why) {
  // The same question would get the same answer.
  if (why.code() == errc::ref_vanished) return 0;
  const bool unreachable = why.code() == errc::cannot_resolve || why.code() == errc::cannot_connect;
  if (policy.first_contact && unreachable) return std::min(policy.retries, retries_at_first_contact);
  if (is_wrong_answer(why)) return std::min(policy.retries, tries_of_wrong_answers - 1);
  return why.cause() == cause::transient ? policy.retries : 0;
}

}  // namespace

bool is_wrong_answer(const failure& why) {
  // 400: not that the parts of an upload are gone, but that they are wrong.
  if (why.code() == errc::upload_lost) return why.http_status() == 400;
  return why.code() == errc::digest_mismatch || why.code() == errc::size_mismatch ||
         why.code() == errc::bad_range_reply;
}

std::optional<duration> next_wait(const retry_policy& policy, unsigned failures_so_far, const failure& why,
                                  double jitter) {
  if (failures_so_far > allowed_retries(policy, why)) return std::nullopt;
  const duration asked = why.retry_after().value_or(std::chrono::seconds(0));
  if (asked > policy.longest_asked) return std::nullopt;

  duration wait = std::min(policy.first_wait, policy.longest_wait);
  for (unsigned n = 1; n < failures_so_far && wait < policy.longest_wait; ++n)
    wait = std::min(wait * 2, policy.longest_wait);
  const duration half = wait / 2;
  const auto spread =
      std::chrono::duration_cast<duration>(std::chrono::duration<double, duration::period>(half) * jitter);
  return std::max(half + spread, asked);
}

}  // namespace hfpipe

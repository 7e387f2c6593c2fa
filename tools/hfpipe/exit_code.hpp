#pragma once

#include <optional>

#include "engine/pull_mirror.hpp"
#include "engine/transfer.hpp"
#include "engine/verification.hpp"
#include "protocol/failure.hpp"

namespace hfpipe::cli {

/// What the process answers; scripts depend on the numbers (rclone's, where they fit).
enum class exit_code {
  done = 0,
  other = 1,
  usage = 2,
  source_unavailable = 3,  ///< not found, or not visible without a token
  target_unavailable = 4,  ///< not found, or refuses every ref
  temporary = 5,           ///< the same command may work later
  partial = 6,             ///< some refs refused, some objects failed
  refused = 7,             ///< credentials, rights, quota, policy
  corrupt = 11,            ///< content does not match its digest
  different = 12,          ///< a verification found differences
  interrupted = 130,       ///< SIGINT
  terminated = 143,        ///< SIGTERM
};

constexpr int number(exit_code code) {
  return static_cast<int>(code);
}

/// What decides besides the failure itself.
struct exit_context {
  bool source_token_sent = false;  ///< hosts hide what exists from the anonymous
  std::optional<int> signal;       ///< that stopped the run
};

/// The one that somebody has to look at first; a signal's is above all.
exit_code graver(exit_code a, exit_code b);

/// The code of one failure.
exit_code exit_code_of(const failure& why, const exit_context& context);

/// The code of a run: its error's; where several objects or refs failed, the gravest.
exit_code exit_code_of(const transfer_result& result, const exit_context& context);

/// The code of setting up a mirror: its error's.
exit_code exit_code_of(const mirror_result& result, const exit_context& context);

/// The code of a verification: its error's; without one, whether anything differs.
exit_code exit_code_of(const verification_result& result, const exit_context& context);

}  // namespace hfpipe::cli

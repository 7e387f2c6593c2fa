#include "engine/mirror_verdict.hpp"

namespace hfpipe {

mirror_verdict judge(const platform::mirror_state& before, const platform::mirror_state& now) {
  using activity = platform::mirror_state::activity;
  if (now.now == activity::running) return mirror_verdict::running;
  const bool has_ended = now.now == activity::finished || now.now == activity::failed;
  const bool began_later = (now.started.empty() && before.started.empty()) || now.started != before.started;
  if (!has_ended || !began_later || now.ended == before.ended) return mirror_verdict::waiting;
  const bool is_well = now.now == activity::finished && now.error.empty();
  return is_well ? mirror_verdict::updated : mirror_verdict::failed;
}

}  // namespace hfpipe

#include "engine/outgoing_pack.hpp"

#include "engine/counted_source.hpp"
#include "engine/paced_source.hpp"

namespace hfpipe {

task<git::push_report> outgoing_kept_pack::push(git_target& to, std::vector<git::ref_command> commands,
                                                rate_limit* pace, observer& watcher) {
  const auto told = [&](byte_count sent) { watcher.on(event::push_progress{sent}); };
  const auto body = pack_.read();
  paced_source paced(*body, pace);
  counted_source counted(paced, told);
  watcher.on(event::push_started{commands.size(), pack_.size()});
  std::optional<byte_count> length;
  if (pack_.size() <= sized_pack_limit) length = pack_.size();
  co_return co_await to.push(std::move(commands), &counted, length);
}

}  // namespace hfpipe

#include "engine/piped_pack.hpp"

#include <optional>

#include "engine/blob_plan.hpp"
#include "engine/counted_source.hpp"
#include "engine/nursery.hpp"
#include "engine/paced_source.hpp"
#include "engine/pack_guard.hpp"
#include "engine/read_window.hpp"

namespace hfpipe {

namespace {

/// Two pieces of 512 KiB: one is sent while the other is read.
constexpr byte_count window_size = 1_MiB;

}  // namespace

task<git::push_report> piped_pack::push(git_target& to, std::vector<git::ref_command> commands, rate_limit* pace,
                                        observer& watcher) {
  // 1. memory, before anything is asked for
  lease room = co_await budget_.take(window_size + connection_allowance);
  read_window window(leased_buffer(std::move(room), window_size));

  // 2. the same pack once more; the target hears nothing before its first bytes are there
  watcher.on(event::push_started{commands.size(), {}});
  const auto arriving = co_await blaming(side::source, from_.fetch(request_));
  pack_guard whole(window, format_);
  const auto told = [&](byte_count sent) { watcher.on(event::push_progress{sent}); };
  paced_source paced(whole, pace);
  counted_source counted(paced, told);

  // 3. one reads, one sends
  std::optional<git::push_report> report;
  const std::optional<byte_count> unknown;
  const auto pipe = [&](nursery& children) -> task<> {
    co_await children.start(window.fill(*arriving));
    report = co_await to.push(std::move(commands), &counted, unknown);
    // A target may answer before it has all. Nobody takes what is read any more, so the reading ends here.
    if (!whole.is_whole()) throw failed(failure(errc::cancelled));
  };
  try {
    co_await nursery::run(2, pipe);
  } catch (const failed&) {
    if (!report) throw;
  }
  size_ = {whole.bytes(), whole.objects()};
  co_return std::move(*report);
}

}  // namespace hfpipe

#include "engine/blob_relay.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "engine/blob_plan.hpp"
#include "engine/digest_guard.hpp"
#include "engine/nursery.hpp"
#include "engine/paced_source.hpp"
#include "engine/read_window.hpp"
#include "engine/segment_reader.hpp"

namespace hfpipe {

namespace {

using clock = std::chrono::steady_clock;

/// Waits for its turn, and tells that it has to.
task<lease> take_memory(byte_budget& budget, byte_count amount, const lfs_object& blob, observer& watcher) {
  std::optional<lease> at_once = budget.try_take(amount);
  if (at_once) co_return std::move(*at_once);
  watcher.on(event::blob_waits_for_memory{blob});
  co_return co_await budget.take(amount);
}

/// Tells how far a blob is. A piece counts as sent when the target comes back for the next one.
class telling_source final : public chunk_source {
 public:
  /// `before`: what was waited until `from` could be read; `window` is what it reads from in the end.
  telling_source(paced_source& from, const read_window& window, const lfs_object& blob, event::relay_waits before,
                 observer& watcher)
      : from_(from), window_(window), blob_(blob), before_(before), watcher_(watcher) {}

  task<std::span<const std::byte>> next() override {
    settle();
    const std::span<const std::byte> piece = co_await from_.next();
    lent_ = byte_count(piece.size());
    co_return piece;
  }

  void all_sent() {
    settle();
    watcher_.on(event::blob_finalising{blob_});
  }

  bool is_complete() const { return sent_ + lent_ == blob_.size; }

 private:
  void settle() {
    if (lent_ == byte_count()) return;
    sent_ += lent_;
    lent_ = byte_count();
    event::relay_waits waited = before_;
    waited.for_source += window_.waited_for_bytes();
    waited.for_limit += from_.waited();
    // While the limit lets nothing pass, the window is full too: that is not the target's doing.
    waited.for_target += std::max(window_.waited_for_room() - from_.waited(), duration::zero());
    watcher_.on(event::blob_progress{blob_, sent_, waited});
  }

  paced_source& from_;
  const read_window& window_;
  lfs_object blob_;
  event::relay_waits before_;
  observer& watcher_;
  byte_count lent_;  // what the target is busy with
  byte_count sent_;
};

failure early_answer() {
  return failure(errc::bad_http_reply).detail("the answer came before the last byte had left").blame(side::target);
}

}  // namespace

task<> relay_blob(blob_ends ends, const blob_route& route, relay_terms terms, byte_budget& budget, observer& watcher) {
  const lfs_object blob = route.to.object;

  // 1. memory: nothing is opened before the bytes it will need are ours, so no two relays can starve each other
  const byte_count window = relay_buffer(blob.size, terms.largest_buffer);
  const auto due = clock::now();
  const byte_count apart = connection_allowance + ends.target.working_memory(route.to);
  lease room = co_await take_memory(budget, window + apart, blob, watcher);
  const auto began = clock::now();
  watcher.on(event::blob_started{blob, terms.attempt});

  // 2. source, from its first byte; it is read ahead into the window
  read_window arriving(leased_buffer(std::move(room), window));
  blob_link link(ends.source, route.from, terms.received);
  segment_reader body(link, terms.resume, terms.streams, budget, arriving, watcher);
  co_await blaming(side::source, body.open(terms.use));

  // 3. guard: behind this line a wrong blob can only fail
  digest_guard proven(arriving, blob);

  // 4. target: it pulls from the window's other end, as fast as the run's limit allows
  paced_source paced(proven, terms.pace);
  const event::relay_waits before{.for_memory = began - due, .for_source = clock::now() - began};
  telling_source told(paced, arriving, blob, before, watcher);
  const std::function<void()> sent = [&] { told.all_sent(); };
  auto both_ends = [&](nursery& beside) -> task<> {
    co_await beside.start(body.fill());
    co_await blaming(side::target, ends.target.put(route.to, told, sent));
    // 5. done, unless the target said so before it had the object: then only asking it again can tell
    if (!told.is_complete()) throw failed(early_answer());
  };
  co_await nursery::run(1, both_ends);
}

}  // namespace hfpipe

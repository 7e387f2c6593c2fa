#include "engine/pack_walk.hpp"

#include <algorithm>

#include "engine/each_once.hpp"

namespace hfpipe {

task<walking_room> lease_walking_room(byte_budget& budget, byte_count walker) {
  walking_room room;
  room.walker = co_await budget.take(walker);
  room.reading = leased_buffer(co_await budget.take(pack_read_room), pack_read_room);
  co_return room;
}

task<std::span<const std::byte>> pack_walk::step() {
  const std::span<std::byte> room = room_.reading.bytes();
  const std::size_t arrived = co_await arriving_->read_some(room);
  const std::span<const std::byte> part = room.first(arrived);
  if (part.empty()) co_return part;
  walker_.feed(part).value();
  const auto fresh = walker_.take_found();
  found_.insert(found_.end(), fresh.begin(), fresh.end());
  if (found_.size() >= sweep_at_) {
    keep_each_once(found_);
    sweep_at_ = std::max(sweep_at_, 2 * found_.size());
  }
  const git::pack_progress so_far = walker_.progress();
  watcher_.on(event::pack_progress{so_far.bytes, so_far.objects_walked, so_far.objects_total});
  co_return part;
}

task<> pack_walk::run_out() {
  for (bool any = true; any;) {
    const std::span<const std::byte> part = co_await step();
    any = !part.empty();
  }
}

pack_scan pack_walk::finish() {
  keep_each_once(found_);
  pack_scan scan{walker_.finish().value(), std::move(found_), walker_.lfs_servers(), {}};
  if (scan.summary.unresolved != 0) scan.missed = walker_.missed();
  return scan;
}

}  // namespace hfpipe

#include "engine/blob_check.hpp"

#include "engine/blob_plan.hpp"
#include "engine/digest_guard.hpp"
#include "engine/leased_buffer.hpp"
#include "engine/paced_source.hpp"

namespace hfpipe {

namespace {

/// Lends every read as it comes: nobody waits behind it for larger pieces.
class lent_reads final : public chunk_source {
 public:
  lent_reads(byte_source& from, std::span<std::byte> room) : from_(from), room_(room) {}

  task<std::span<const std::byte>> next() override {
    const std::size_t got = co_await from_.read_some(room_);
    co_return std::span<const std::byte>(room_.first(got));
  }

 private:
  byte_source& from_;
  std::span<std::byte> room_;
};

}  // namespace

task<> check_blob(blob_source& from, const lfs::batch_entry& entry, relay_terms terms, byte_budget& budget,
                  observer& watcher) {
  const byte_count window = relay_buffer(entry.object.size, terms.largest_buffer);
  leased_buffer room(co_await budget.take(window + connection_allowance), window);
  watcher.on(event::blob_started{entry.object, terms.attempt});
  const auto body = co_await blaming(side::target, from.open(entry, byte_count(0)));
  lent_reads arriving(*body, room.bytes());
  digest_guard proven(arriving, entry.object, side::target);
  paced_source paced(proven, terms.pace);
  byte_count seen;
  for (;;) {
    const std::span<const std::byte> piece = co_await blaming(side::target, paced.next());
    if (piece.empty()) co_return;
    seen += byte_count(piece.size());
    watcher.on(event::blob_progress{entry.object, seen});
  }
}

}  // namespace hfpipe

#include "engine/blob_shards.hpp"

#include <algorithm>

#include "engine/blob_plan.hpp"
#include "engine/posting_observer.hpp"
#include "engine/run_on.hpp"

namespace hfpipe {

unsigned relay_weight(byte_count object_size) {
  return object_size < small_object_limit ? 1 : 8;
}

std::size_t least_loaded(std::span<const unsigned> loads) {
  return static_cast<std::size_t>(std::ranges::min_element(loads) - loads.begin());
}

class blob_shards::place {
 public:
  place(std::vector<unsigned>& loads, unsigned weight) : loads_(loads), weight_(weight), at_(least_loaded(loads)) {
    loads_[at_] += weight_;
  }
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() { loads_[at_] -= weight_; }

  std::size_t at() const { return at_; }

 private:
  std::vector<unsigned>& loads_;
  unsigned weight_;
  std::size_t at_;
};

blob_shards::blob_shards(blob_ends own, std::vector<blob_shard> others)
    : own_(own), others_(std::move(others)), loads_(1 + others_.size()) {}

task<> blob_shards::relay(const blob_route& route, relay_terms terms, byte_budget& budget, observer& watcher) {
  const place held(loads_, relay_weight(route.to.object.size));
  if (held.at() == 0) {
    co_await relay_blob(own_, route, terms, budget, watcher);
    co_return;
  }
  const blob_shard& shard = others_[held.at() - 1];
  const blob_ends ends{shard.source, shard.target};
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  posting_observer posting(here, watcher);
  task<> work = relay_blob(ends, route, terms, budget, posting);
  co_await run_on(shard.executor, std::move(work));
}

}  // namespace hfpipe

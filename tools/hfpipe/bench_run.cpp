#include "tools/hfpipe/bench_run.hpp"

#include <chrono>
#include <memory>
#include <random>

#include "engine/discarding_target.hpp"
#include "engine/nursery.hpp"
#include "engine/run_on.hpp"
#include "tools/hfpipe/destroyed_there.hpp"
#include "tools/hfpipe/process_limits.hpp"
#include "tools/hfpipe/repository_ends.hpp"
#include "transports/net/tls_ceiling.hpp"

namespace hfpipe::cli {

namespace {

/// Enough for a figure that is the same each time.
constexpr std::chrono::seconds local_time{1};

/// What all parts of one bench share. Lives in run_bench's frame.
struct bench {
  const bench_request& request;
  const std::vector<asio::any_io_executor>& others;
  run_limits& limits;
  observer& watcher;
  net::client_options network;
  bench_result result;
};

/// One thread's client, and both ends of a measurement over it: one real, one that makes up objects or drops them.
class bench_door {
 public:
  bench_door(const asio::any_io_executor& where, const net::client_options& network) : client_(where, network) {}

  void read_from(const bench_end& end, const repository_location& at, speed_meter& meter) {
    real_source_ = stored_at(client_, at, end.credential, side::source);
    far_target_ = std::make_unique<discarding_target>();
    measured(*real_source_, *far_target_, meter);
  }
  void write_to(const bench_request& request, const repository_location& at, const generated_objects& made,
                speed_meter& meter) {
    const auto upload = upload_within(request.transfer.buffer_memory, request.finalize_timeout);
    real_source_ = std::make_unique<generated_source>(made);
    far_target_ = store_at(client_, at, request.target->credential, upload);
    measured(*real_source_, *far_target_, meter);
  }

  net::http_client& client() { return client_; }
  blob_source& source() { return *source_; }
  blob_target& target() { return *target_; }

 private:
  void measured(blob_source& source, blob_target& target, speed_meter& meter) {
    source_ = std::make_unique<metered_source>(source, meter);
    target_ = std::make_unique<metered_target>(target, meter);
  }

  net::http_client client_;
  std::unique_ptr<blob_source> real_source_, source_;
  std::unique_ptr<blob_target> far_target_, target_;
};

using far_bench_door = std::unique_ptr<bench_door, destroyed_there<bench_door>>;

/// The doors of all threads; `fit` builds the ends behind each.
struct doors {
  template <class Fit>
  doors(const bench& b, const asio::any_io_executor& here, const Fit& fit) : own(here, b.network) {
    fit(own);
    for (const asio::any_io_executor& there : b.others) {
      far.emplace_back(new bench_door(there, b.network), destroyed_there<bench_door>{there});
      fit(*far.back());
    }
  }

  speed_ends ends() {
    speed_ends all{own.source(), own.target()};
    for (const far_bench_door& each : far)
      all.shards.push_back({each.get_deleter().there, each->source(), each->target()});
    return all;
  }

  bench_door own;
  std::vector<far_bench_door> far;
};

double per_second(const net::tls_ceiling& seen) {
  return static_cast<double>(seen.bytes.value()) / in_seconds(seen.took);
}

task<> measure_on(asio::any_io_executor there, net::tls_ceiling& into) {
  task<net::tls_ceiling> work = net::measure_tls_ceiling(local_time);
  into = co_await run_on(std::move(there), std::move(work));
}

task<> measure_machine(bench& b) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const net::tls_ceiling alone = co_await net::measure_tls_ceiling(local_time);
  local_speed speed{.one_thread = per_second(alone), .all_threads = per_second(alone)};
  speed.threads += static_cast<unsigned>(b.others.size());
  if (!b.others.empty()) {
    std::vector<net::tls_ceiling> seen(speed.threads);
    const auto all = [&](nursery& children) -> task<> {
      for (std::size_t n = 0; n < b.others.size(); ++n) co_await children.start(measure_on(b.others[n], seen[n]));
      co_await children.start(measure_on(here, seen.back()));
    };
    co_await nursery::run(seen.size(), all);
    speed.all_threads = 0;
    for (const net::tls_ceiling& each : seen) speed.all_threads += per_second(each);
  }
  b.result.local = speed;
}

speed_options options_of(const bench& b) {
  speed_options options{.time = b.request.seconds, .transfer = b.request.transfer};
  options.transfer.pace = &b.limits.bytes();
  return options;
}

/// What the process and its clients did since it was made.
class since {
 public:
  explicit since(run_limits& limits) : limits_(limits) {}
  void note(end_speed& into) const {
    into.requests = limits_.requests().taken() - requests_;
    into.cpu_seconds = cpu_seconds() - cpu_;
  }

 private:
  run_limits& limits_;
  std::uint64_t requests_ = limits_.requests().taken();
  double cpu_ = cpu_seconds();
};

/// The source and what is to be read from it; a copy lists it, too, over the connections that it reads with.
struct source_reading {
  source_reading(const bench& b, const asio::any_io_executor& here)
      : at(b.request.source->url),
        all(b, here, [&](bench_door& door) { door.read_from(*b.request.source, at, meter); }) {}

  repository_location at;
  speed_meter meter;
  doors all;
  std::vector<lfs_object> objects;
};

task<> find_objects(bench& b, source_reading& reading) {
  const transfer_options terms = options_of(b).transfer;
  const auto git =
      source_at(reading.all.own.client(), reading.at, b.request.source->credential, terms.buffer_memory, side::source);
  reading.objects = co_await objects_to_read(*git, terms, b.watcher);
}

task<> measure_source(bench& b, source_reading& reading) {
  end_speed speed;
  const since began(b.limits);
  speed.result =
      co_await measure_copy(reading.all.ends(), std::move(reading.objects), options_of(b), reading.meter, b.watcher);
  began.note(speed);
  speed.first_bytes = reading.meter.first_bytes();
  b.result.error = speed.result.error;
  b.result.read = std::move(speed);
}

task<> measure_target(bench& b) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const repository_location at(b.request.target->url);
  std::random_device entropy;
  generated_objects made(std::uint64_t{entropy()} << 32 | entropy());
  speed_meter meter;
  doors all(b, here, [&](bench_door& door) { door.write_to(b.request, at, made, meter); });
  end_speed speed;
  const since began(b.limits);
  speed.result = co_await measure_writing(all.ends(), made, options_of(b), meter, b.watcher);
  began.note(speed);
  b.result.error = speed.result.error;
  b.result.written = std::move(speed);
}

task<> look_at_target(bench& b) {
  const bench_end& end = *b.request.target;
  const repository_location at(end.url);
  net::http_client client(co_await asio::this_coro::executor, b.network);
  const auto git = source_at(client, at, end.credential, b.request.transfer.buffer_memory, side::target);
  co_await find_target(*git, b.request.transfer, b.watcher);
}

task<> measure_all(bench& b) {
  // A wrong name or a refused token is told before anything is measured for nothing.
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  std::optional<source_reading> reading;
  if (b.request.target) co_await look_at_target(b);
  if (b.request.source) {
    reading.emplace(b, here);
    co_await blaming(side::source, within("reading", find_objects(b, *reading)));
  }
  co_await measure_machine(b);
  if (reading) co_await blaming(side::source, within("reading", measure_source(b, *reading)));
  reading.reset();
  if (b.result.error) co_return;
  if (b.request.target) co_await blaming(side::target, within("writing", measure_target(b)));
}

}  // namespace

task<bench_result> run_bench(const bench_request& request, std::vector<asio::any_io_executor> others,
                             run_limits& limits, observer& watcher) {
  bench b{request, others, limits, watcher, request.network, {}};
  b.network.requests = &limits.requests();
  // A nursery of one, as for a transfer: what cancels this task ends the steps in our words.
  const auto steps = [&](nursery&) -> task<> { return measure_all(b); };
  try {
    if (b.network.trust.verify && !b.network.store) b.network.store = net::load_trust(b.network.trust);
    co_await nursery::run(1, steps);
  } catch (const failed& broken) {
    b.result.error = broken.why();
  }
  co_return std::move(b.result);
}

}  // namespace hfpipe::cli

#include "engine/blob_copy.hpp"

#include <algorithm>

#include "engine/blob_inquiry.hpp"
#include "engine/blob_plan.hpp"
#include "engine/blob_shards.hpp"
#include "engine/nursery.hpp"
#include "engine/work_queue.hpp"

namespace hfpipe {

namespace {

/// How often one object failed, by what the plan makes of it: wrong answers are counted apart from lines that break.
struct setbacks {
  unsigned wrong_answers = 0;
  unsigned others = 0;

  unsigned count(const failure& why) { return is_wrong_answer(why) ? ++wrong_answers : ++others; }
};

/// Hears relays, whose retries are counted here: they may run on other threads.
class relay_listener final : public observer {
 public:
  relay_listener(observer& to, patience& retry) : to_(to), retry_(retry) {}
  void on(const any_event& happened) noexcept override {
    if (const auto* const again = std::get_if<event::retrying>(&happened)) retry_.heard(*again);
    to_.on(happened);
  }

 private:
  observer& to_;
  patience& retry_;
};

/// Rows that tell all; 4 KiB of a server's words for each of a million objects would be memory without a ceiling.
constexpr std::size_t whole_rows = 20;
constexpr std::size_t short_detail = 120;

/// What counts and exit codes are made from, and the beginning of the words.
failure shortened(const failure& why) {
  failure kept = failure(why.code()).detail(why.detail().substr(0, short_detail)).blame(why.blamed());
  if (why.http_status()) kept = std::move(kept).http_status(*why.http_status());
  return kept;
}

void keep_row(std::vector<blob_trouble>& rows, const lfs_object& blob, failure why) {
  if (rows.size() >= whole_rows) why = shortened(why);
  rows.push_back({blob, std::move(why)});
}

/// A lane: objects of one kind, so many at once.
struct lane_terms {
  unsigned width;
  byte_count largest_buffer;
  std::size_t ahead;  ///< with fewer routes ready than so many, the source is asked about more
  stream_terms streams;
};

/// What the target asked for, and when it was asked.
struct lacking_object {
  lfs::batch_entry to;
  moment received;
};

class blob_copy {
 public:
  blob_copy(blob_ends ends, blob_shards& shards, byte_budget& budget, observer& watcher, patience& retry,
            lfs_totals& totals, rate_limit* pace)
      : shards_(shards),
        budget_(budget),
        watcher_(watcher),
        retry_(retry),
        heard_(watcher, retry),
        inquiry_(ends, retry),
        totals_(totals),
        pace_(pace) {}

  task<> run(const blob_plan& plan, relay_widths widths, stream_terms streams) {
    totals_.objects = plan.objects();
    totals_.bytes = plan.bytes;
    watcher_.on(event::blobs_found{plan.objects(), plan.bytes});
    // A large object takes its time, and links that lie about grow old: the next ones are asked for when none is left.
    // Small ones are done within a round trip or two, in which as many must be ready as run.
    const std::size_t ready = std::min<std::size_t>(widths.small, lfs::batch_size);
    const lane_terms large{widths.large, widths.large_buffer, 1, streams};
    const lane_terms small{widths.small, widths.small_buffer, ready, {}};
    auto lanes = [&](nursery& both) -> task<> {
      co_await both.start(copy_lane(plan.large, large));
      co_await both.start(copy_lane(plan.small, small));
    };
    co_await nursery::run(2, lanes);
  }

 private:
  /// Three tasks in a row, so that neither end is waited for while there is something to carry:
  ///
  ///     ask_target --(lacking)--> ask_source --(routes)--> carry
  task<> copy_lane(const std::vector<lfs_object>& objects, lane_terms terms) {
    work_queue<lacking_object> lacking;
    work_queue<dated_route> routes;
    auto stages = [&](nursery& row) -> task<> {
      co_await row.start(ask_target(objects, lacking));
      co_await row.start(ask_source(terms, lacking, routes));
      co_await row.start(carry(terms, routes));
    };
    co_await nursery::run(3, stages);
  }

  /// Which of `objects` the target lacks, a batch ahead of what the source is asked about.
  task<> ask_target(const std::vector<lfs_object>& objects, work_queue<lacking_object>& lacking) {
    for (std::size_t from = 0; from < objects.size(); from += lfs::batch_size) {
      co_await lacking.until_below(1);
      const auto begin = objects.begin() + static_cast<std::ptrdiff_t>(from);
      const auto many = std::min(lfs::batch_size, objects.size() - from);
      std::vector<lfs_object> batch(begin, begin + static_cast<std::ptrdiff_t>(many));
      const moment received = moment::now();
      std::vector<lfs::batch_entry> answers = co_await inquiry_.ask_target(std::move(batch));
      for (lfs::batch_entry& entry : answers) {
        if (is_present(entry)) {
          note_present(entry.object);
        } else {
          lacking.put({std::move(entry), received});
        }
      }
      watcher_.on(event::blobs_present{static_cast<std::size_t>(totals_.present), totals_.present_bytes});
    }
    lacking.end();
  }

  /// Where those lie at the source. It is asked about no more than can start soon: its links die young.
  task<> ask_source(lane_terms terms, work_queue<lacking_object>& lacking, work_queue<dated_route>& routes) {
    const std::size_t most = std::min<std::size_t>(terms.width, lfs::batch_size);
    for (;;) {
      co_await routes.until_below(terms.ahead);
      std::vector<lacking_object> next = co_await lacking.take_some(most);
      if (next.empty()) break;
      std::vector<lfs_object> objects;
      for (const lacking_object& one : next) objects.push_back(one.to.object);
      std::vector<lfs::batch_entry> located = co_await inquiry_.ask_source(std::move(objects));
      for (std::size_t n = 0; n < next.size(); ++n) {
        blob_route route{std::move(located[n]), std::move(next[n].to)};
        routes.put({std::move(route), next[n].received});
      }
    }
    routes.end();
  }

  /// Keeps the lane full.
  task<> carry(lane_terms terms, work_queue<dated_route>& routes) {
    auto feed = [&](nursery& relays) -> task<> {
      for (;;) {
        std::optional<dated_route> next = co_await routes.take();
        if (!next) co_return;
        co_await relays.start(copy_one(std::move(*next), terms));
      }
    };
    co_await nursery::run(terms.width, feed);
  }

  /// One object, until it is stored or given up.
  task<> copy_one(dated_route dated, lane_terms lane) {
    const lfs_object blob = dated.route.to.object;
    const std::string name = "lfs " + blob.oid.short_hex();
    relay_terms terms{lane.largest_buffer};
    terms.streams = lane.streams;
    terms.resume.waits = retry_.policy();
    terms.resume.held_back = &retry_.held_back();
    terms.pace = pace_;
    setbacks so_far;
    bool asked_anew = false;
    for (;; ++terms.attempt) {
      if (terms.attempt > 1 || is_expired(dated, moment::now())) dated = co_await inquiry_.ask_again(blob);
      terms.received = dated.received;
      std::optional<failure> broken = co_await try_once(dated.route, terms);
      if (!broken) co_return note_stored(blob);
      broken->add_frame(name);
      if (broken->code() == errc::object_missing) co_return note_missing(blob, std::move(*broken));

      const unsigned failures = so_far.count(*broken);
      terms.use = is_wrong_answer(*broken) ? connection_use::fresh : connection_use::any;
      // Wrong bytes, or wrong ranges: the next try asks for nothing but the whole, over one connection.
      if (is_wrong_answer(*broken)) terms.streams = {};
      bool again = false;
      if (may_mend(dated, *broken, asked_anew, moment::now())) {
        asked_anew = true;
        again = retry_.at_once(name, failures, *broken);
      } else {
        again = co_await retry_.wait(name, failures, *broken);
      }
      if (!again) co_return note_failed(blob, std::move(*broken));
    }
  }

  /// Nothing: the target has the object now. That it appeared since the last try is as good: an upload whose answer got
  /// lost had arrived.
  task<std::optional<failure>> try_once(const blob_route& route, relay_terms terms) {
    if (is_present(route.to)) co_return std::nullopt;
    std::optional<failure> broken = refusal_of(route);
    if (broken) co_return broken;
    co_await retry_.turn(side::source);
    co_await retry_.turn(side::target);
    try {
      co_await shards_.relay(route, terms, budget_, heard_);
    } catch (const failed& thrown) {
      if (thrown.why().code() == errc::cancelled) throw;
      broken = thrown.why();
    }
    co_return broken;
  }

  void note_present(const lfs_object& blob) {
    ++totals_.present;
    totals_.present_bytes += blob.size;
  }
  void note_stored(const lfs_object& blob) {
    ++totals_.sent;
    totals_.sent_bytes += blob.size;
    watcher_.on(event::blob_stored{blob});
  }
  void note_missing(const lfs_object& blob, failure why) {
    watcher_.on(event::blob_failed{blob, why});
    keep_row(totals_.missing, blob, std::move(why));
  }
  void note_failed(const lfs_object& blob, failure why) {
    watcher_.on(event::blob_failed{blob, why});
    keep_row(totals_.failed, blob, std::move(why));
  }

  blob_shards& shards_;
  byte_budget& budget_;
  observer& watcher_;
  patience& retry_;
  relay_listener heard_;
  blob_inquiry inquiry_;
  lfs_totals& totals_;
  rate_limit* pace_;
};

}  // namespace

task<> copy_blobs(blob_source& source, blob_target& target, std::vector<lfs_object> found,
                  const transfer_options& options, byte_budget& budget, observer& watcher, std::uint64_t& retries,
                  lfs_totals& totals, std::vector<blob_shard> shards) {
  const blob_plan plan = plan_blobs(std::move(found));
  patience retry(options.retries, watcher, retries, std::random_device()());
  const blob_ends ends{source, target};
  blob_shards relays(ends, std::move(shards));
  blob_copy copy(ends, relays, budget, watcher, retry, totals, options.pace);
  const relay_widths widths = plan_widths(options.transfers, budget.total());
  const auto has_streams = [](const lfs_object& each) { return each.size >= one_stream_limit; };
  const auto such = static_cast<std::uint64_t>(std::ranges::count_if(plan.large, has_streams));
  const auto at_once = static_cast<unsigned>(std::min<std::uint64_t>(widths.large, such));
  stream_shares shares(options.streams, std::max(options.streams, options.transfers), at_once);
  const stream_terms streams{&shares, stream_room(budget.total()), connection_allowance / 2};
  co_await copy.run(plan, widths, streams);
}

}  // namespace hfpipe

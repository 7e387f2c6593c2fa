#include "engine/segment_reader.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/slow_stream.hpp"
#include "engine/throttle.hpp"

namespace hfpipe {

namespace {

using clock = std::chrono::steady_clock;

/// So many second connections may come too late before none is opened for a while.
constexpr unsigned most_late = 2;

}  // namespace

struct segment_reader::stream : segment_stream {
  using segment_stream::segment_stream;

  bool proves_ranges = false;  ///< the first one beside a stream that reads the whole object
  lease connection = {};       ///< empty: the first one's was leased before
  std::size_t blocks = 0;      ///< that the window was widened by for it
};

void segment_reader::listener::on(const any_event& happened) noexcept {
  const auto* const again = std::get_if<event::retrying>(&happened);
  if (again != nullptr && asks_all_to_wait(again->why)) who_.plan_.slow_down(clock::now());
  to_.on(happened);
}

byte_count segment_size(byte_count reach, unsigned streams, byte_count block) {
  const std::uint64_t blocks = reach.value() / (2 * std::uint64_t{std::max(streams, 1U)}) / block.value();
  return block * std::max<std::uint64_t>(blocks, 1);
}

segment_reader::segment_reader(blob_link& link, resume_terms resume, stream_terms terms, byte_budget& budget,
                               read_window& into, observer& watcher)
    : link_(link),
      resume_(resume),
      terms_(terms),
      budget_(budget),
      window_(into),
      watcher_(*this, watcher),
      ends_{link, resume_, watcher_, into},
      size_(link.object().size) {}

// Here, where a stream is complete.
segment_reader::~segment_reader() = default;

byte_count segment_reader::segment(unsigned streams) const {
  return segment_size(window_.reach(), streams, window_.block_size());
}

task<> segment_reader::open(connection_use use) {
  const auto began = clock::now();
  const unsigned streams = has_streams() ? terms_.shares->first() : 1;
  next_ = streams > 1 ? std::min(size_, terms_.room) : size_;
  first_ = make_source({byte_count(), next_});
  bool no_ranges = false;
  try {
    co_await first_->open(use);
  } catch (const failed& thrown) {
    no_ranges = next_ != size_ && thrown.why().code() == errc::bad_range_reply;
    if (!no_ranges) throw;
  }
  if (no_ranges) {
    terms_.shares->note_no_ranges();
    next_ = size_;
    first_ = make_source({byte_count(), size_});
    co_await first_->open(use);
  }
  opening_took_ = clock::now() - began;
}

/// Of all streams, also those that ended.
byte_count segment_reader::came() const {
  byte_count sum = came_before_;
  for (const stream& one : streams_) sum += one.came();
  return sum;
}

std::unique_ptr<resumed_source> segment_reader::make_source(byte_range range) {
  return std::make_unique<resumed_source>(link_, resume_, watcher_, range);
}

task<> segment_reader::fill() {
  if (!has_streams()) {
    co_await window_.fill(*first_);
    co_return;
  }
  std::optional<failure> broken;
  try {
    co_await read_all();
  } catch (const failed& thrown) {
    if (thrown.why().code() == errc::cancelled) throw;
    if (thrown.why().code() == errc::bad_range_reply) terms_.shares->note_no_ranges();
    broken = failure(thrown.why()).blame(side::source);
  }
  if (!broken && window_.arrived() != size_) broken = failure(errc::internal).detail("a segment that nobody read");
  window_.end(std::move(broken));
}

task<> segment_reader::read_all() {
  const stream_shares::part held(*terms_.shares);
  stream_pace pace = terms_.pace;
  pace.judging = std::max(pace.judging, 2 * opening_took_);
  plan_ = stream_plan(terms_.shares->first(), pace);
  stream& first = streams_.emplace_back(ends_);
  first.assign({byte_count(), next_}, std::move(first_));
  whole_ = next_ == size_ ? &first : nullptr;
  auto work = [&](nursery& readers) -> task<> {
    co_await readers.start(run(first));
    co_await steer(readers);
  };
  constexpr std::size_t any_number = 1000;  // plan_ and the shares say how many
  try {
    co_await nursery::run(any_number, work);
  } catch (const failed&) {
    if (window_.arrived() != size_) throw;  // else: somebody was about to open what is not needed any more
  }
  if (plan_.rate_seen() > 0) terms_.shares->note_paid(plan_.kept());  // else it was too short to tell
}

// ---- how many ------------------------------------------------------------------------------------------------------

/// Looks at each tick what the streams bring, until none is left.
task<> segment_reader::steer(nursery& readers) {
  auto last = clock::now();
  byte_count total_before;
  duration starved_before = window_.waited_for_bytes();
  duration busy_before = terms_.busy_time();
  duration since_compared{};
  if (terms_.shares->is_new()) {
    wanted_ = plan_.begin_with_trial(terms_.shares->each_at_first());
  } else {
    wanted_ = std::min(plan_.kept(), terms_.shares->each());
  }
  co_await add_streams(readers, wanted_);
  while (!streams_.empty()) {
    const auto next_tick = clock::now() + terms_.tick;
    co_await all_read_.wait(next_tick);
    if (streams_.empty()) co_return;
    if (window_.arrived() == size_) throw failed(failure(errc::cancelled));
    if (next_ >= size_ && whole_ == nullptr) continue;  // nothing is left to begin

    const auto now = clock::now();
    const byte_count total = came();
    const duration starved = window_.waited_for_bytes();
    const duration busy = terms_.busy_time();
    stream_sample seen{now - last, total - total_before, starved - starved_before, busy - busy_before, alive()};
    for (const stream& one : streams_) seen.opening += one.came() == byte_count() ? 1U : 0U;
    unsigned most = terms_.shares->each();
    if (budget_.somebody_waits()) most = std::min(most, std::max(alive(), 2U) - 1);
    wanted_ = plan_.next(seen, now, most);
    since_compared += seen.span;
    if (since_compared >= terms_.slowness) {
      look_for_slow_one();
      since_compared = {};
    }
    last = now;
    total_before = total;
    starved_before = starved;
    busy_before = busy;
    co_await add_streams(readers, wanted_);
  }
}

task<> segment_reader::add_streams(nursery& readers, unsigned wanted) {
  while (alive() < wanted && !streams_.empty()) {
    const bool first_of_more = whole_ != nullptr;
    if (!first_of_more && next_ >= size_) co_return;
    if (std::ranges::any_of(streams_, &stream::proves_ranges)) co_return;  // it is seen soon
    if (first_of_more && is_held_back()) co_return;
    stream& made = streams_.emplace_back(ends_);
    if (!take_memory(made)) {
      streams_.pop_back();
      co_return;
    }
    if (first_of_more) {
      // Far enough ahead that the first stream does not get there before this one is open. How fast that is, nobody
      // knows at the start: then as far as the window reaches.
      const auto meanwhile =
          static_cast<std::uint64_t>(plan_.rate_seen() * in_seconds(2 * opening_took_ + terms_.tick));
      const byte_count least = plan_.rate_seen() > 0 ? segment(2) : window_.reach();
      const byte_count ahead = std::max(least, byte_count(meanwhile)) + window_.block_size();
      if (whole_->at() + ahead + segment(2) >= size_) {
        window_.narrow(made.blocks);
        streams_.pop_back();
        plan_.trial_failed(clock::now());
        co_return;
      }
      made.proves_ranges = true;
      const byte_count from = whole_->at() + ahead;
      made.assign({from, std::min(size_, from + segment(2))});
    }
    co_await readers.start(run(made));
    if (first_of_more) co_return;  // the others come when it has shown that there are ranges
  }
}

/// The source asked for patience: nothing is tried.
bool segment_reader::is_held_back() const {
  return resume_.held_back != nullptr && resume_.held_back->wait_for(side::source, clock::now()) > duration::zero();
}

/// Nothing is opened before its memory is ours; and nobody who waits for memory is overtaken.
bool segment_reader::take_memory(stream& for_one) {
  std::optional<lease> connection = budget_.try_take(terms_.connection);
  if (!connection) return false;
  const std::size_t blocks = std::max<std::size_t>(1, terms_.room.as_size() / window_.block_size().as_size());
  std::vector<leased_buffer> room;
  for (std::size_t n = 0; n < blocks; ++n) {
    std::optional<lease> block = budget_.try_take(window_.block_size());
    if (!block) return false;
    room.emplace_back(std::move(*block), window_.block_size());
  }
  for (leased_buffer& block : room) window_.widen(std::move(block));
  for_one.connection = std::move(*connection);
  for_one.blocks = blocks;
  return true;
}

/// The one that everything waits for.
void segment_reader::look_for_slow_one() {
  std::vector<double> speeds;
  stream* due = nullptr;
  double due_speed = 0;
  const auto now = clock::now();
  for (stream& one : streams_) {
    const std::optional<double> speed = one.take_speed(now);
    if (!speed) continue;
    speeds.push_back(*speed);
    if (one.at() == window_.arrived() && one.is_reading()) {
      due = &one;
      due_speed = *speed;
    }
  }
  if (due != nullptr && is_far_slower(due_speed, std::move(speeds))) due->replace_connection();
}

// ---- one stream ----------------------------------------------------------------------------------------------------

task<> segment_reader::run(stream& self) {
  bool reads = true;
  if (self.proves_ranges) reads = co_await try_ranges(self);
  self.proves_ranges = false;
  while (reads) {
    co_await self.read();
    if (window_.arrived() == size_) all_read_.wake();
    for (;;) {
      reads = alive() <= std::max(wanted_, 1U) && next_ < size_;
      if (!reads || next_ < window_.limit()) break;
      co_await window_.room_for(next_);
    }
    if (reads) reads = claim(self);
  }
  retire(self);
}

/// The next range that nobody reads.
bool segment_reader::claim(stream& self) {
  if (next_ >= size_) return false;
  const bool alone = alive() == 1 && wanted_ == 1;
  const byte_count until = alone ? size_ : std::min(size_, next_ + segment(alive()));
  self.assign({next_, until});
  next_ = until;
  whole_ = alone ? &self : nullptr;
  return true;
}

/// Opens its range while another stream still reads on to the end. False: that one stays alone.
task<bool> segment_reader::try_ranges(stream& self) {
  const auto began = clock::now();
  std::optional<failure> refused;
  try {
    co_await self.open();
  } catch (const failed& thrown) {
    if (thrown.why().code() == errc::cancelled) throw;
    refused = thrown.why();
  }
  if (refused) {
    note_refusal(std::move(*refused));
    co_return false;
  }
  // What the first one reads now may reach to the end of its block.
  if (whole_ == nullptr || !whole_->is_reading() || whole_->at() + window_.block_size() > self.at()) {
    note_late(clock::now() - began);
    co_return false;
  }
  whole_->stop_at(self.at());
  whole_ = nullptr;
  next_ = self.until();
  co_return true;
}

/// The first stream was there first. The next trial leads by more; when that is late, too, it is given up for a while.
void segment_reader::note_late(duration opening) {
  opening_took_ = std::max(opening_took_, opening);
  if (++late_ == most_late) {
    late_ = 0;
    plan_.trial_failed(clock::now());
  }
}

void segment_reader::note_refusal(failure why) {
  if (why.code() == errc::bad_range_reply) terms_.shares->note_no_ranges();
  if (asks_all_to_wait(why)) {
    const duration wait = why.retry_after().value_or(std::chrono::seconds(0));
    watcher_.on(event::retrying{"lfs " + link_.object().oid.short_hex(), 1, wait, std::move(why)});
  }
  plan_.trial_failed(clock::now());
}

void segment_reader::retire(stream& self) {
  window_.narrow(self.blocks);
  came_before_ += self.came();
  if (whole_ == &self) whole_ = nullptr;
  std::erase_if(streams_, [&](const stream& one) { return &one == &self; });
  if (streams_.empty()) all_read_.wake();
}

}  // namespace hfpipe
